"""What customers think: surveys with one question, and reviews.

Tells: survey.asked, survey.answered, review.*, media.shared, mention.seen, mention.answered.
Listens to: nothing yet.
"""
