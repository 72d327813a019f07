//! Wording of what is wrong with placeholders, resources and files.
