"""The witness `boxes`: a bounded reading of the headers of ISO base media and QuickTime files."""
