"""What is rendered for paper; the PDF libraries are imported where they are used."""
