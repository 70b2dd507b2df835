-- A waiting alert that is held because it may tell what an alert of its watch has told already: until then; it is looked
-- at when `due_at` comes. Null: it waits for more reports (`burst`), or is not held.
alter table alert add column settles_at integer;
