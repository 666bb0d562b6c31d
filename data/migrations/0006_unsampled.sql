-- {postgres}: a statement for PostgreSQL alone, in one line.

-- PostgreSQL keeps samples of columns for its planner; of what may have to be erased it keeps none.
{postgres}ALTER TABLE person ALTER COLUMN name SET STATISTICS 0;
{postgres}ALTER TABLE person ALTER COLUMN id_number SET STATISTICS 0;
{postgres}ALTER TABLE person ALTER COLUMN contact SET STATISTICS 0;
