namespace Millrace.Connectors.Postgres;

/// <summary>The columns of a table as the stream of changes has them from some place on.</summary>
/// <param name="Oid">The table.</param>
/// <param name="Columns">Its published columns, in order.</param>
internal sealed record RelationShape(uint Oid, IReadOnlyList<RelationColumn> Columns)
{
    /// <summary>Whether rows of both are read in the same way.</summary>
    public bool IsSame(RelationShape other) => Columns.SequenceEqual(other.Columns);
}

/// <param name="Name">Name.</param>
/// <param name="Type">Oid of its type.</param>
/// <param name="Modifier">Type modifier.</param>
internal readonly record struct RelationColumn(string Name, uint Type, int Modifier);
