"""Where entries come from: local files and folders, web servers, buckets."""
