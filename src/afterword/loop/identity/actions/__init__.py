"""The writes of identity: recording what happened, linking and merging, erasing."""
