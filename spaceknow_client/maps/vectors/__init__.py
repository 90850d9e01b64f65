"""Files of detections, for GIS programs."""
