namespace Millrace.Runtime.Sql;

/// <summary>Errors of statements that the engine itself does not know.</summary>
public static class SqlErrors
{
    public static readonly ErrorCode NotHere = new("MR5301", "A statement needs something that is not running here.", "See docs/reference/sql.md for what each statement needs.");
    public static readonly ErrorCode Exists = new("MR5302", "There is an object of that name already.", "Use CREATE OR REPLACE, IF NOT EXISTS, or another name.");
    public static readonly ErrorCode NotThere = new("MR5303", "There is no object of that name.", "SHOW TABLES lists what there is.");
    public static readonly ErrorCode BadDefinition = new("MR5304", "A definition lacks something or contradicts itself.", "See docs/reference/sql.md.");
    public static readonly ErrorCode NoHeaders = new("MR5309", "A query sets headers, and its target has no place for them.", "Give the value as a column, or write to a target that carries headers.");
    public static readonly ErrorCode UnknownSetting = new("MR5305", "There is no such setting.", "They are listed in docs/reference/sql.md.");
    public static readonly ErrorCode BadSetting = new("MR5307", "A setting does not take the value.", "They are listed in docs/reference/sql.md.");
    public static readonly ErrorCode NotRowByRow = new("MR5308", "The transform of a job looks at more than one row at a time.", "Such a query runs with `millrace sql`: INSERT INTO target SELECT …; a transform chooses, filters and computes columns.");
    public static readonly ErrorCode WidenedAfterRows = new("MR5306", "A column needs a wider type than its sample suggested, and rows have been given out already.", "Declare the type: FROM 'file' (column type, …), or raise sample_rows.");
}
