//! What each part of the rule language finds, and in which words it says so.

mod asking;
mod entities;
mod evidence;
mod facts;
mod forms;
mod pages;
mod relations;
mod words;
