"""Forms: documents (.docx, PDF with text) whose labels and values are an entry's declared data.

`word.look` and `pdf.look` turn a file into a Document: tables and lines with their places, nothing of the file's format.
`pairs.find_pairs` turns that into labels with values, and `reading.read` those into facts. Documents come from
strangers: `look` runs in an isolated worker, opens nothing else and runs nothing, and what is beyond the bounds is a fault.
"""
