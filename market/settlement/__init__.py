"""Settlement: what each village is owed for a month, line by line from the journal, as a draft and then closed."""
