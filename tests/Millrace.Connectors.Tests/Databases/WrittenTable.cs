namespace Millrace.Connectors.Tests.Databases;

/// <summary>A table <c>t</c> in a database of its own, written epoch by epoch with rows that are given as texts.</summary>
/// <typeparam name="TOptions">Options of the target.</typeparam>
internal class WrittenTable<TOptions>
    where TOptions : notnull
{
    private readonly Dialect _dialect;
    private readonly DatabaseTestServer _server;
    private int _runs;

    /// <param name="dialect">The database.</param>
    /// <param name="sql">Makes the table; empty to let the sink do so.</param>
    /// <param name="database">Options of the database.</param>
    public WrittenTable(Dialect dialect, string sql, string database = "")
    {
        _dialect = dialect;
        _server = dialect.Demand();
        Database = _server.NewDatabase(database);
        if (sql.Length > 0)
        {
            Sql(sql);
        }
    }

    public string Database { get; }

    public string Sql(string sql) => _server.Sql(Database, sql);

    /// <summary>Writes a run of epochs.</summary>
    /// <param name="request">How it writes; the id of the run is given by this one.</param>
    /// <param name="epochs">Rows of each epoch, their values separated by <c>|</c>, an empty one for NULL; behind <c>--</c> another batch begins.</param>
    public Task WriteAsync(SinkRequest request, params string[][] epochs) => WriteAsync(request, static o => o, epochs);

    public Task WriteAsync(SinkRequest request, Func<TOptions, TOptions> options, params string[][] epochs)
        => WriteAsync(request, options, [.. epochs.Select(rows => Parts(rows).Select(part => (Func<RecordBatch>)(() => Batch(request.Schema, part))).ToArray())]);

    /// <summary>Writes one epoch.</summary>
    public Task WriteBatchAsync(SinkRequest request, Func<RecordBatch> epoch) => WriteAsync(request, static o => o, [[epoch]]);

    public static Schema SchemaOf(params (string Name, DataType Type)[] columns) => new(columns.Select(c => new Field(c.Name, c.Type)));

    private Task WriteAsync(SinkRequest request, Func<TOptions, TOptions> options, Func<RecordBatch>[][] epochs) => LeakCheck.RunAsync(async () =>
    {
        var target = (TOptions)_dialect.Target(_server.Port, Database, _dialect.Table("t"));
        await using ISink sink = _dialect.Connector.OpenSink(options(target), new ConnectorContext { Job = "written" });
        long epoch = (await sink.RecoverAsync(default))?.Epoch ?? 0;
        await sink.EnsureSchemaAsync(request.Schema, SchemaEvolution.Evolve, default);
        await using ISinkWriter writer = await sink.OpenWriterAsync(request with { RunId = $"run-{++_runs}", FencingToken = _runs }, default);
        foreach (Func<RecordBatch>[] batches in epochs)
        {
            foreach (Func<RecordBatch> make in batches)
            {
                using RecordBatch batch = make();
                await writer.WriteAsync(batch, default);
            }

            await writer.FlushAsync(default);
            await writer.CommitAsync(new Checkpoint { Job = "written", Epoch = ++epoch, CreatedAt = DateTimeOffset.UnixEpoch, FencingToken = _runs }, default);
        }
    });

    private static IEnumerable<string[]> Parts(string[] rows)
    {
        int at = Array.IndexOf(rows, "--");
        return at < 0 ? [rows] : Parts(rows[(at + 1)..]).Prepend(rows[..at]);
    }

    private static RecordBatch Batch(Schema schema, string[] rows)
    {
        var columns = new Column[schema.Count];
        for (int c = 0; c < columns.Length; c++)
        {
            if (schema[c].Type.Id == TypeId.List)
            {
                columns[c] = Lists(schema[c].Type, rows, c);
                continue;
            }

            using var texts = new BinaryBuilder(DataType.Utf8, rows.Length);
            foreach (string row in rows)
            {
                string value = row.Split('|')[c];
                if (value.Length == 0)
                {
                    texts.AppendNull();
                }
                else
                {
                    texts.Append(value);
                }
            }

            using Column text = texts.Build();
            CastResult cast = Cast.To(text, schema[c].Type);
            Assert.Empty(cast.Failures);
            columns[c] = cast.Column;
        }

        return new RecordBatch(schema, rows.Length, columns);
    }

    // Names with commas between.
    private static Column Lists(DataType type, string[] rows, int column)
    {
        using var lists = new ListBuilder(type);
        foreach (string value in rows.Select(r => r.Split('|')[column]))
        {
            if (value.Length == 0)
            {
                lists.AppendNull();
                continue;
            }

            foreach (string item in value.Split(','))
            {
                ((BinaryBuilder)lists.Items).Append(item);
            }

            lists.AppendRow();
        }

        return lists.Build();
    }
}
