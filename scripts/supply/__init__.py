"""What we are built of and what is known against it: weaknesses of our code, vulnerabilities, bill of materials, licences."""
