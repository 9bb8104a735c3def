namespace Millrace.Sql;

/// <summary>
/// Makes a public static class an aggregate of SQL. It has public static methods over a state of any type:
/// <c>State Init()</c>, <c>State Add(State, …)</c> in one or more overloads, <c>State Merge(State, State)</c> and
/// <c>R Result(State)</c>. Groups are computed in parts, which are merged, kept on disk and in checkpoints: a state of plain
/// values is kept as its bytes, any other as JSON, or as <c>byte[] Save(State)</c> and <c>State Load(byte[])</c> say.
/// <c>State Remove(State, …)</c>, beside each Add, takes a row back; queries over changes need it.
/// </summary>
/// <param name="name">Name in SQL: letters, digits and underscores.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class SqlAggregateAttribute(string name) : Attribute
{
    public string Name { get; } = name;

    /// <summary>One sentence for SHOW FUNCTIONS and DESCRIBE FUNCTION.</summary>
    public string Doc { get; init; } = "";

    /// <summary>Whether the order of rows matters, so that ORDER BY in the call is heeded.</summary>
    public bool Ordered { get; init; }
}
