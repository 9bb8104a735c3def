using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The way of rows into a table: straight, or by a temporary table that each commit empties into it. A temporary table costs no
/// log, and the table itself is locked no longer than the commit takes.
/// </summary>
/// <param name="Target">The table.</param>
/// <param name="Columns">Columns of the rows.</param>
/// <param name="Destination">Where rows are copied to, in SQL.</param>
internal abstract record RowPath(TableInfo Target, TargetColumns Columns, string Destination)
{
    /// <summary>The temporary table, in SQL.</summary>
    public const string Stage = "pg_temp._millrace_stage";

    public TableName Table => Target.Name;

    /// <summary>What is done once before the first epoch; empty for nothing.</summary>
    public virtual string Preparation => "";

    /// <summary>What the first epoch of a run does before its rows; empty for nothing.</summary>
    public virtual string Opening => "";

    /// <summary>What an epoch does behind its rows, also when it has none; empty for nothing.</summary>
    public virtual string Closing => "";

    /// <summary>Whether rows go by the temporary table.</summary>
    public bool IsStaged => Destination == Stage;

    /// <summary>What brings the rows of a temporary table in; empty for nothing.</summary>
    public virtual string StatementsOf(string stage) => "";

    /// <summary>What fills staged rows with the values that were not sent since they did not change.</summary>
    /// <param name="names">The columns that rows name.</param>
    public virtual string FillOf(IReadOnlyCollection<string> names) => "";

    /// <param name="table">The table.</param>
    /// <param name="columns">Columns of the rows.</param>
    /// <param name="request">How the run writes.</param>
    /// <param name="isUnique">Whether an index of the table makes the key of the request unique.</param>
    /// <param name="mayRefuse">Whether single rows may be refused and are then to be set aside.</param>
    /// <param name="keepsDeleted">Whether rows that a snapshot lacks are marked and not removed.</param>
    public static RowPath Of(TableInfo table, TargetColumns columns, SinkRequest request, bool isUnique, bool mayRefuse, bool keepsDeleted)
    {
        if (request.Mode == WriteMode.Overwrite && !request.Resumes)
        {
            return new OverwritePath(table, columns);
        }

        if (request.RemovesMissing)
        {
            return new MissingPath(table, columns, request.Key, keepsDeleted);
        }

        bool hasOp = request.Schema.IndexOf(ChangeColumns.Op) >= 0;
        switch (request.Mode)
        {
            case WriteMode.Merge:
                return new MergePath(table, columns, request.Key, isUnique, hasOp);
            case WriteMode.SnapshotDiff:
                return new SnapshotPath(table, columns, request.Key, isUnique, keepsDeleted);
            case WriteMode.Scd2:
                return new HistoryPath(table, columns, request.Key, hasOp, request.IsSnapshot);
        }

        return columns.AreDirect && !mayRefuse ? new StraightPath(table, columns) : new StagedPath(table, columns);
    }

    private sealed record StraightPath(TableInfo Target, TargetColumns Columns) : RowPath(Target, Columns, Target.Name.Sql);

    private record StagedPath(TableInfo Target, TargetColumns Columns) : RowPath(Target, Columns, Stage)
    {
        public override string Preparation
            => $"CREATE TEMPORARY TABLE _millrace_stage ({Columns.Staging}, {MergeStatements.Order} bigint GENERATED ALWAYS AS IDENTITY) ON COMMIT DELETE ROWS";

        public override string StatementsOf(string stage)
            => $"INSERT INTO {Table.Sql} {Columns.Inserted()} SELECT {Columns.Casts} FROM {stage} ORDER BY {MergeStatements.Order}";
    }

    private record MergePath(TableInfo Target, TargetColumns Columns, IReadOnlyList<string> Key, bool IsUnique, bool HasOp) : StagedPath(Target, Columns)
    {
        public override string FillOf(IReadOnlyCollection<string> names) => new UnchangedValues(Target.Source, Columns, Key).Sql(names);

        public override string StatementsOf(string stage)
            => $"ANALYZE {stage};\n{new MergeStatements(Target, stage, Columns, Key, IsUnique, HasOp).Sql}";
    }

    private sealed record SnapshotPath(TableInfo Target, TargetColumns Columns, IReadOnlyList<string> Key, bool IsUnique, bool KeepsDeleted)
        : MergePath(Target, Columns, Key, IsUnique, HasOp: false)
    {
        // Rows are compared with all keys at once, whichever of the rows were brought in.
        public override string Closing => new StagedKeys(Columns, Key, hasOp: false).Remove(Target.Source, Stage, KeepsDeleted);
    }

    private sealed record MissingPath(TableInfo Target, TargetColumns Columns, IReadOnlyList<string> Key, bool KeepsDeleted) : StagedPath(Target, Columns)
    {
        public override string Closing => new StagedKeys(Columns, Key, hasOp: false).Remove(Target.Source, Stage, KeepsDeleted);

        public override string StatementsOf(string stage) => $"ANALYZE {stage}";
    }

    private sealed record HistoryPath(TableInfo Target, TargetColumns Columns, IReadOnlyList<string> Key, bool HasOp, bool IsSnapshot) : StagedPath(Target, Columns)
    {
        private readonly HistoryStatements _statements = new(Target, Columns, Key, HasOp);

        // What did not change is what the version has that holds.
        public override string FillOf(IReadOnlyCollection<string> names)
            => new UnchangedValues($"(SELECT * FROM {Target.Source} WHERE {HistoryColumns.IsCurrent})", Columns, Key).Sql(names);

        public override string Closing => IsSnapshot ? _statements.CloseMissing(Stage) : "";

        public override string StatementsOf(string stage) => $"ANALYZE {stage};\n{_statements.BringIn(stage)}";
    }

    private sealed record OverwritePath(TableInfo Target, TargetColumns Columns) : StagedPath(Target, Columns)
    {
        public override string Opening => $"TRUNCATE {Target.Source}";
    }
}
