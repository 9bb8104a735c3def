using Millrace.Sdk;

namespace Millrace.Connectors.Postgres;

/// <summary>
/// The way of rows into a table: straight, by a temporary table that each commit empties into it, or by a table beside it that
/// takes its place when the read has come to its end.
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
    /// <param name="complete">Whether they are the last of the read.</param>
    public virtual string StatementsFor(long rows, bool complete) => "";

    public static RowPath Of(TableInfo table, TargetColumns columns, SinkRequest request)
    {
        if (request.Mode == WriteMode.Overwrite)
        {
            return new BesidePath(table.Name, columns, request.Resumes);
        }

        if (request.Mode == WriteMode.Merge)
        {
            bool isUnique = table.Key.Order(StringComparer.Ordinal).SequenceEqual(request.Key.Order(StringComparer.Ordinal));
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

        public override string StatementsFor(long rows, bool complete)
            => rows == 0 ? "" : $"INSERT INTO {Table.Sql} ({Columns.Names}) SELECT {Columns.Casts} FROM {Stage} ORDER BY {MergeStatements.Order}";
    }

    private sealed record MergePath(TableName Table, TargetColumns Columns, IReadOnlyList<string> Key, bool IsUnique, bool HasOp) : StagedPath(Table, Columns)
    {
        public override string StatementsFor(long rows, bool complete)
            => rows == 0 ? "" : $"ANALYZE {Stage};\n{new MergeStatements(Table.Sql, Stage, Columns, Key, IsUnique, HasOp).Sql}";
    }

    private sealed record BesidePath : RowPath
    {
        private readonly bool _resumes;

        public BesidePath(TableName table, TargetColumns columns, bool resumes)
            : base(table, columns, Beside(table)) => _resumes = resumes;

        public override string Preparation
        {
            get
            {
                string create = $"CREATE TABLE IF NOT EXISTS {Destination} ({Columns.Staging})";
                return _resumes ? create : $"DROP TABLE IF EXISTS {Destination}; {create}";
            }
        }

        public override string StatementsFor(long rows, bool complete) => complete
            ? $"TRUNCATE {Table.Sql}; INSERT INTO {Table.Sql} ({Columns.Names}) SELECT {Columns.Casts} FROM {Destination}; TRUNCATE {Destination}"
            : "";

        private static string Beside(TableName table)
        {
            // Names of PostgreSQL have 63 bytes; what is longer would be cut, maybe onto the table itself.
            const string ending = "__millrace_new";
            string name = table.Name.Length + ending.Length <= 63 ? table.Name + ending : $"{table.Name[..24]}_{(uint)Common.Murmur3.Hash(System.Text.Encoding.UTF8.GetBytes(table.Name)):x8}{ending}";
            return new TableName(table.Schema, name).Sql;
        }
    }
}
