"""A check as one object: find, declare, look, judge, compare, report."""
