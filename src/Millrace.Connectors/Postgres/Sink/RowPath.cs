using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The way of rows into a table: straight, or by a temporary table that each commit empties into it. A temporary table costs no
/// log, and the table itself is locked no longer than the commit takes.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Columns">Columns of the rows.</param>
/// <param name="Destination">Where rows are copied to, in SQL.</param>
internal abstract record RowPath(TableName Table, TargetColumns Columns, string Destination)
{
    /// <summary>What is done once before the first epoch; empty for nothing.</summary>
    public virtual string Preparation => "";

    /// <summary>What brings the rows of an epoch in; empty for nothing.</summary>
    /// <param name="rows">Rows of the epoch.</param>
    /// <param name="first">Whether it is the first epoch of the run.</param>
    public virtual string StatementsFor(long rows, bool first) => "";

    /// <param name="table">The table.</param>
    /// <param name="columns">Columns of the rows.</param>
    /// <param name="request">How the run writes.</param>
    /// <param name="isUnique">Whether an index of the table makes the key of the request unique.</param>
    public static RowPath Of(TableInfo table, TargetColumns columns, SinkRequest request, bool isUnique)
    {
        if (request.Mode == WriteMode.Overwrite && !request.Resumes)
        {
            return new OverwritePath(table.Name, columns);
        }

        if (request.Mode == WriteMode.Merge)
        {
            bool hasOp = request.Schema.IndexOf(ChangeColumns.Op) >= 0;
            return new MergePath(table.Name, columns, request.Key, isUnique, hasOp);
        }

        return columns.AreDirect ? new StraightPath(table.Name, columns) : new StagedPath(table.Name, columns);
    }

    private sealed record StraightPath(TableName Table, TargetColumns Columns) : RowPath(Table, Columns, Table.Sql);

    private record StagedPath(TableName Table, TargetColumns Columns) : RowPath(Table, Columns, Stage)
    {
        protected const string Stage = "pg_temp._millrace_stage";

        public override string Preparation
            => $"CREATE TEMPORARY TABLE _millrace_stage ({Columns.Staging}, {MergeStatements.Order} bigint GENERATED ALWAYS AS IDENTITY) ON COMMIT DELETE ROWS";

        public override string StatementsFor(long rows, bool first)
            => rows == 0 ? "" : $"INSERT INTO {Table.Sql} ({Columns.Names}) SELECT {Columns.Casts} FROM {Stage} ORDER BY {MergeStatements.Order}";
    }

    private sealed record MergePath(TableName Table, TargetColumns Columns, IReadOnlyList<string> Key, bool IsUnique, bool HasOp) : StagedPath(Table, Columns)
    {
        public override string StatementsFor(long rows, bool first)
            => rows == 0 ? "" : $"ANALYZE {Stage};\n{new MergeStatements(Table.Sql, Stage, Columns, Key, IsUnique, HasOp).Sql}";
    }

    private sealed record OverwritePath(TableName Table, TargetColumns Columns) : StagedPath(Table, Columns)
    {
        public override string StatementsFor(long rows, bool first)
            => first ? $"TRUNCATE {Table.Sql};\n{base.StatementsFor(1, first)}" : base.StatementsFor(rows, first);
    }
}
