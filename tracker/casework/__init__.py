"""The one door for writes that span rooms, and the pages of recommendations, letters, targets."""
