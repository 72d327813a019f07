//! The types of plain scalars, close to what Score's Go tools see.
