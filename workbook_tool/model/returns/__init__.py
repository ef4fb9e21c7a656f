"""What goes back to agencies: marked files, letters, reminders."""
