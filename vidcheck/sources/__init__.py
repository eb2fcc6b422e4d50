"""Where entries come from: files, folders and patterns of this machine, URLs of the web and of S3.

`targets.find` resolves the arguments; `remote` opens a remote object as a file that witnesses can read.
Three things are the witnesses': the errors of looking, which both raise; the file system's way of opening a local file
and what `boxes` says of its first bytes, by which a file without an extension is known to be an entry; and MediaInfo's
sandbox, which has to let a connection through while it reads a remote file.
"""
