using Millrace.Columnar;
using Millrace.Sql.Parsing;

namespace Millrace.Sql.Binding;

/// <summary>A column of a table that rows are put into.</summary>
/// <param name="Name">Its name in statements.</param>
/// <param name="Type">Its type.</param>
public sealed record TargetColumn(string Name, DataType Type)
{
    /// <summary>Whether a row without a value in it is an error.</summary>
    public bool Required { get; init; }

    /// <summary>Most characters of a text; null for no limit.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Its name where the rows lie; null for <see cref="Name"/>.</summary>
    public string? StoredName { get; init; }

    public override string ToString() => $"{Name} {Type}{(MaxLength is { } most ? $"({most})" : "")}";
}

/// <summary>What the rows of a query are put into.</summary>
/// <param name="Name">For people.</param>
/// <param name="Columns">The columns that it declares; empty for whatever the query has.</param>
/// <param name="Listed">The columns that the statement names, in the order of the query's; empty for all.</param>
public sealed record InsertTarget(string Name, IReadOnlyList<TargetColumn> Columns, IReadOnlyList<Identifier> Listed)
{
    /// <summary>Number of a declared column; -1 if there is none of the name.</summary>
    internal int IndexOf(Identifier name) => Enumerable.Range(0, Columns.Count).FirstOrDefault(c => name.Matches(Columns[c].Name), -1);
}
