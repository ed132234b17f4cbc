"""The page: everything that was judged, in one HTML file that a newcomer can read."""
