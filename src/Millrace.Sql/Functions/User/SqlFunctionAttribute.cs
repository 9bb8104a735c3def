namespace Millrace.Sql;

/// <summary>
/// Makes a public static method a function of SQL: <c>LOAD 'functions.dll'</c> takes all methods of an assembly that have it.
/// Several methods with the same name are overloads of one function. A parameter that can be null sees nulls; where an argument of
/// any other is null, the result is null and the method is not called. An exception makes the row a bad row. Methods are called
/// by several threads at once.
/// </summary>
/// <param name="name">Name in SQL: letters, digits and underscores.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqlFunctionAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>One sentence for SHOW FUNCTIONS and DESCRIBE FUNCTION.</summary>
    public string Doc { get; init; } = "";

    /// <summary>Whether the same arguments always give the same value; calls with constants are then computed once.</summary>
    public bool Deterministic { get; init; } = true;
}
