"""What the reports room renders for paper; reportlab is imported where a binder is made, never with the pages."""
