using Millrace.Sql.Planning;

namespace Millrace.Sql.Binding;

/// <summary>A column of a query's result.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Variable">The column of the plan.</param>
/// <param name="Untyped">Whether it is a literal whose type a set operation around may decide.</param>
internal sealed record RelationColumn(string Name, ColumnVariable Variable, bool Untyped = false);

/// <summary>A query that is bound: its plan, whose output are the columns in their order.</summary>
internal sealed record Relation(LogicalPlan Plan, IReadOnlyList<RelationColumn> Columns)
{
    /// <summary>The relation with columns that can be null, as an outer join gives them.</summary>
    public Relation AsNullable()
    {
        if (Columns.All(c => c.Variable.Nullable))
        {
            return this;
        }

        Assignment[] assignments = [.. Columns.Select(c => new Assignment(new ColumnVariable(c.Variable.Name, c.Variable.Type), new BoundColumn(c.Variable)))];
        return new Relation(new LogicalProject(Plan, assignments), [.. Columns.Zip(assignments, (c, a) => c with { Variable = a.Variable })]);
    }
}
