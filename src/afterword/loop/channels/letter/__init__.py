"""Letters on paper: a page ready to print, its address where the window of the envelope is. Kept until somebody has printed it.

Tells: none of its own. Listens to: none; that it was printed is said in the console.
"""
