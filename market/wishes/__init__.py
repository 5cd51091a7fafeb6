"""나오면 알려 주세요: who wants to be told, once, when something is there again."""
