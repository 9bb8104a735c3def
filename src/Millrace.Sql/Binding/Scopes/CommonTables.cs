using Millrace.Sql.Parsing;
using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>The common table expressions that a query can name, innermost first.</summary>
/// <param name="Syntax">The expression.</param>
/// <param name="Before">Those that it can name itself.</param>
/// <param name="Outer">The columns around its <c>WITH</c>.</param>
/// <param name="IsRecursive">Whether it stands under <c>WITH RECURSIVE</c>.</param>
internal sealed record CommonTables(CommonTable Syntax, CommonTables? Before, Scope? Outer, bool IsRecursive)
{
    /// <summary>Set while the step of a recursion is bound: what its name means there.</summary>
    public WorkTable? Work { get; init; }

    /// <summary>What all places that name it read, where that has to be the same.</summary>
    public CommonRows Rows { get; } = new();

    public static CommonTables? Find(CommonTables? tables, QualifiedName name)
    {
        if (name.Parts.Count > 1)
        {
            return null;
        }

        while (tables is not null && !name.Last.Matches(tables.Syntax.Name.Text))
        {
            tables = tables.Before;
        }

        return tables;
    }
}

/// <summary>The rows of the last round of a recursion, while its step is being bound.</summary>
internal sealed class WorkTable(IReadOnlyList<string> names, IReadOnlyList<Columnar.DataType> types)
{
    public object Identity { get; } = new();

    /// <summary>How often the step reads it.</summary>
    public int Uses { get; private set; }

    public Relation Read()
    {
        Uses++;
        ColumnVariable[] columns = [.. names.Zip(types, (n, t) => new ColumnVariable(n, t))];
        return new Relation(new LogicalWorkTable(Identity, columns), [.. columns.Select(c => new RelationColumn(c.Name, c))]);
    }
}
