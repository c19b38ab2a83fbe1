//! `explain`: the pages behind findings, and the reasons of floors.

mod command;
mod examples;
mod floors;
mod pages;
