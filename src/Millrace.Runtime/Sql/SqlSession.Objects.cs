using Millrace.Columnar;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime.Sql;

/// <content>Statements that make and remove objects.</content>
public sealed partial class SqlSession
{
    // The options that say where an object lies, in the order in which they are looked for.
    private static readonly string[] LocationOptions = ["location", "path", "url"];

    private async Task<StatementResult> CreateAsync(CreateStatement create, CancellationToken cancellation)
    {
        ErrorPlace place = PlaceOf(create.Name);
        string name = create.Name.Parts.Count == 1
            ? create.Name.Last.Text
            : throw SqlErrors.BadDefinition.Error($"'{create.Name}' has several parts; objects of a session have plain names.", place);
        string kind = create.Kind.ToString().ToLowerInvariant();
        if (Objects.Find(create.Name) is not null && !create.OrReplace)
        {
            return create.IfNotExists
                ? StatementResult.Of($"{kind} {name} is there already")
                : throw SqlErrors.Exists.Error($"There is a {Objects.Find(create.Name)!.Kind.ToString().ToLowerInvariant()} '{name}' already.", place);
        }

        string[] key = KeyOf(create, place);
        if (create.Options is [] && (create.Watermark is not null || (key.Length > 0 && (create.Query is not null || create.Kind != ObjectKind.Table))))
        {
            // Kept quiet, they would be believed.
            throw SqlErrors.NotHere.Error(
                $"The {kind} '{name}' has a watermark or a primary key, which {(create.Query is null ? "streams" : "results")} of a session do not keep.",
                place,
                "Leave it out; CREATE TABLE with columns keeps the latest row of each primary key, and DISTINCT ON makes keys of a query unique.");
        }

        if (create is { Options: [], Query: { } inlined } && await FollowedByAsync(inlined, cancellation).ConfigureAwait(false) is not null)
        {
            Objects.Find(create.Name)?.Memory?.Dispose();
            Objects.Set(new SqlObject(name, create.Kind) { View = inlined });
            return StatementResult.Of($"{kind} {name}, computed by whoever reads it");
        }

        TargetColumn[] declared = DeclaredBy(create, key);
        SqlObject made = create switch
        {
            { Kind: ObjectKind.View, Query: { } query } => await ViewAsync(name, query, cancellation).ConfigureAwait(false),
            { Kind: ObjectKind.View } => throw SqlErrors.BadDefinition.Error($"The view '{name}' has no query.", place),
            { Options.Count: > 0 } => External(name, create, declared, key, place),
            { Query: { } query } => new SqlObject(name, create.Kind)
            {
                Memory = await MaterialiseAsync(name, query, StatementAnnotations.Of(create), cancellation, new InsertTarget(name, declared, [])).ConfigureAwait(false),
                Columns = declared,
            },
            { Columns.Count: > 0 } => new SqlObject(name, create.Kind)
            {
                Memory = new MemoryTable(name, new Schema(declared.Select(c => new Field(c.Name, c.Type, !c.Required)))) { Key = key, KeepsLatest = create.Kind == ObjectKind.Table && key.Length > 0 },
                Columns = declared,
            },
            _ => throw SqlErrors.BadDefinition.Error($"The {kind} '{name}' has neither columns, nor a query, nor options that say where it lies.", place),
        };
        Objects.Find(create.Name)?.Memory?.Dispose();
        Objects.Set(made);
        return create is { Query: { } fill, Options.Count: > 0 }
            ? await InsertAsync(create.Name, null, [], fill, [], StatementAnnotations.Of(create), cancellation).ConfigureAwait(false)
            : StatementResult.Of(made.Memory is { } memory && create.Query is not null ? $"{kind} {name} with {Rows(memory.RowEstimate ?? 0)}" : $"{kind} {name}");
    }

    // A view that cannot be read is an error now, not when it is used.
    private async Task<SqlObject> ViewAsync(string name, QuerySyntax query, CancellationToken cancellation)
    {
        RunningQuery running = await StartAsync(query, FailOnRowError.Instance, new WidenedTypes(), cancellation).ConfigureAwait(false);
        await running.DisposeAsync().ConfigureAwait(false);
        return new SqlObject(name, ObjectKind.View) { View = query };
    }

    private SqlObject External(string name, CreateStatement create, IReadOnlyList<TargetColumn> declared, string[] key, ErrorPlace place)
    {
        StatementOptions options = OptionsOf(create.Options, name, place);
        StreamTableOptions stream = RuntimeOptions.Bind<StreamTableOptions>(RuntimeOptions.Take<StreamTableOptions>(options));
        StatementOptions job = RuntimeOptions.Take<StreamJobOptions>(options);
        RuntimeOptions.Bind<StreamJobOptions>(job);
        SqlOptions.CheckNames(options, ConnectorOf(options), ["connector", "stream", .. LocationOptions]);
        ColumnPlan? columns = declared.Count == 0 ? null : new ColumnPlan([.. declared.Select(c => new OutputColumn(c.Name, c.StoredName ?? c.Name, c.Type, c.Required))]);
        bool isKeyed = create.Kind == ObjectKind.Table && key.Length > 0;
        if (stream.VersionColumn is not null && !isKeyed)
        {
            throw SqlErrors.BadDefinition.Error($"'{name}' has a version.column, and is no table with a primary key.", place, "CREATE TABLE … (id BIGINT PRIMARY KEY, …) keeps the latest row of each key.");
        }

        Endpoint? target = TryTarget(options);
        Endpoint? endpoint = TrySource(options) ?? (target is null ? Resolve(options, ConnectorRole.Source) : null);
        options.Remove("stream", out string? streamName);
        return new SqlObject(name, create.Kind)
        {
            Target = target,
            Columns = declared,
            JobOptions = job,
            Key = key,
            Input = endpoint is null ? null : new TableInput
            {
                Name = name,
                Endpoint = endpoint,
                Context = new ConnectorContext { Job = name, BaseDirectory = baseDirectory, Time = Time, Parallelism = Settings.Threads, Note = Note },
                Stream = streamName,
                Columns = columns,
                Follows = stream.Follow,
                Poll = stream.Poll,
                IdleTimeout = stream.WatermarkIdleTimeout,
                Watermark = create.Watermark is { } watermark ? new TableWatermark(watermark.Column.Text, watermark.Expression) : null,
                Key = key,
                KeepsLatest = isKeyed,
                VersionColumn = stream.VersionColumn,
                Errors = FailOnRowError.Instance,
                Widened = new WidenedTypes(),
            },
        };
    }

    // INTO console prints the rows, where nothing else has that name.
    private SqlObject? ConsoleOf(QualifiedName name)
    {
        const string console = "console";
        return name.Parts.Count == 1 && name.Last.Matches(console) && connectors.Names.Contains(console)
            ? new SqlObject(console, ObjectKind.Stream) { Target = Resolve(new StatementOptions(PlaceOf(name)) { ["connector"] = console }, ConnectorRole.Target) }
            : null;
    }

    // Existing applications write the options of an object with its name in front: 'orders.path' = '…'.
    private static StatementOptions OptionsOf(IReadOnlyList<OptionSyntax> written, string name, ErrorPlace place)
    {
        var options = new StatementOptions(place);
        foreach (OptionSyntax option in written)
        {
            string key = option.Name.StartsWith(name + ".", StringComparison.OrdinalIgnoreCase) ? option.Name[(name.Length + 1)..] : option.Name;
            if (!options.TryAdd(key, VariableExpander.FromEnvironment.Expand(option.Value, PlaceOf(option)), PlaceOf(option)))
            {
                throw SqlErrors.BadDefinition.Error($"The option '{option.Name}' is given twice.", PlaceOf(option));
            }
        }

        return options;
    }

    // What options are for; null where they do not say, which resolving them then does.
    private Connector? ConnectorOf(StatementOptions options)
        => options.TryGetValue("connector", out string? name) ? connectors.Require(name, options.PlaceOf("connector"))
            : LocationOptions.Select(o => options.GetValueOrDefault(o)).FirstOrDefault(l => l is not null) is { } location ? connectors.ForLocation(Location.Parse(location)).Value
            : null;

    private Endpoint Resolve(StatementOptions options, ConnectorRole role)
    {
        ErrorPlace place = options.Place;
        StatementOptions rest = options.Where(o => !o.Equals("stream", StringComparison.OrdinalIgnoreCase));
        if (rest.Remove("connector", out string? name))
        {
            Connector connector = connectors.Require(name, place);
            Type record = (role == ConnectorRole.Source ? connector.SourceOptions : connector.SinkOptions)
                ?? throw SdkErrors.WrongRole.Error($"The connector '{name}' cannot be a {role.ToString().ToLowerInvariant()}.", place);
            var faults = new OptionFaults();
            object bound = OptionBinder.Bind(record, SqlOptions.ToMap(rest, record), faults);
            faults.ThrowIfAny();
            return new Endpoint(name, connector, bound);
        }

        foreach (string option in LocationOptions)
        {
            if (rest.Remove(option, out string? location))
            {
                Connector connector = connectors.ForLocation(Location.Parse(location)).Value;
                Type? record = role == ConnectorRole.Source ? connector.SourceOptions : connector.SinkOptions;
                return Endpoint.OfLocation(location, role, connectors, SqlOptions.ToMap(rest, record));
            }
        }

        throw SqlErrors.BadDefinition.Error(
            "The options name neither a connector nor a location.",
            place,
            $"WITH (location = 'orders.csv') or WITH (connector = 'files', path = 'orders.csv'). Connectors: {string.Join(", ", connectors.Names)}.");
    }

    // Options of writing need not be options of reading; an object with such can be written only.
    private Endpoint? TrySource(StatementOptions options)
    {
        try
        {
            return Resolve(options, ConnectorRole.Source);
        }
        catch (MillraceException)
        {
            return null;
        }
    }

    // Options of reading need not be options of writing; an object with such can be read only.
    private Endpoint? TryTarget(StatementOptions options)
    {
        try
        {
            return Resolve(options, ConnectorRole.Target);
        }
        catch (MillraceException)
        {
            return null;
        }
    }

    /// <summary>Adds a table, or puts it in the place of one of the same name; the session takes it over.</summary>
    internal void Add(MemoryTable table)
    {
        MemoryTable? before = Objects.Find(new QualifiedName([new Identifier(table.Name)]))?.Memory;
        Objects.Set(new SqlObject(table.Name, ObjectKind.Table) { Memory = table });
        before?.Dispose();
    }

    /// <summary>The rows of a query as a table, which the caller disposes.</summary>
    internal Task<MemoryTable> MaterialiseAsync(string name, string query, CancellationToken cancellation)
        => MaterialiseAsync(name, ((QueryStatement)SqlParser.ParseStatement(new SourceText(query, name))).Query, StatementAnnotations.None, cancellation);

    /// <summary>The rows of a query as a table, which the caller disposes.</summary>
    internal async Task<MemoryTable> MaterialiseAsync(string name, QuerySyntax query, StatementAnnotations annotations, CancellationToken cancellation, InsertTarget? target = null)
    {
        StatementResult result = await QueryAsync(query, annotations, cancellation, target).ConfigureAwait(false);
        await using (result.ConfigureAwait(false))
        {
            var rows = new List<RecordBatch>();
            try
            {
                await foreach (RecordBatch batch in result.Rows!.WithCancellation(cancellation).ConfigureAwait(false))
                {
                    rows.Add(batch);
                }

                return new MemoryTable(name, result.Schema!, [.. rows]);
            }
            catch
            {
                rows.ForEach(r => r.Dispose());
                throw;
            }
        }
    }

    private StatementResult Drop(DropStatement drop)
    {
        string kind = drop.Kind.ToString().ToLowerInvariant();
        if (Objects.Find(drop.Name) is null && drop.IfExists)
        {
            return StatementResult.Of($"there is no {kind} {drop.Name}");
        }

        SqlObject found = Objects.Require(drop.Name, PlaceOf(drop.Name));
        if (found.Kind != drop.Kind)
        {
            throw SqlErrors.NotThere.Error($"'{found.Name}' is a {found.Kind.ToString().ToLowerInvariant()}, not a {kind}.", PlaceOf(drop.Name), $"DROP {found.Kind.ToString().ToUpperInvariant()} {found.Name}");
        }

        Objects.Remove(found.Name);
        found.Memory?.Dispose();
        return StatementResult.Of($"dropped {kind} {found.Name}");
    }

    // The primary key of an object, as its columns or a line of their own say.
    private static string[] KeyOf(CreateStatement create, ErrorPlace place)
    {
        string[] ofColumns = [.. create.Columns.Where(c => c.PrimaryKey).Select(c => c.Name.Text)];
        if (ofColumns.Length > 0 && create.PrimaryKey.Count > 0)
        {
            throw SqlErrors.BadDefinition.Error($"'{create.Name}' has two primary keys.", place, "Write PRIMARY KEY (a, b) once, for all of its columns.");
        }

        foreach (Identifier column in create.PrimaryKey.Where(k => create.Columns.Count > 0 && !create.Columns.Any(c => k.Matches(c.Name.Text))))
        {
            throw SqlErrors.BadDefinition.Error($"The primary key of '{create.Name}' names a column '{column.Text}', which it does not have{NearestName.Suggest(column.Text, create.Columns.Select(c => c.Name.Text))}.", PlaceOf(column));
        }

        return ofColumns.Length > 0 ? ofColumns : [.. create.PrimaryKey.Select(k => create.Columns.FirstOrDefault(c => k.Matches(c.Name.Text))?.Name.Text ?? k.Text)];
    }

    // What a statement declares: the same columns for whoever reads and whoever writes.
    private static TargetColumn[] DeclaredBy(CreateStatement create, string[] key)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (create.Columns.FirstOrDefault(c => !names.Add(c.Name.Text)) is { } second)
        {
            throw SqlErrors.BadDefinition.Error($"There are two columns with the name '{second.Name.Text}'.", PlaceOf(second), "Give one of them another name.");
        }

        return [.. create.Columns.Select(c => new TargetColumn(c.Name.Text, TypeOf(c.Type))
        {
            Required = c.NotNull || key.Contains(c.Name.Text, StringComparer.OrdinalIgnoreCase),
            MaxLength = LengthOf(c.Type),
            StoredName = c.From,
        })];
    }

    // Types themselves have no limit of length; only what is written is held against it.
    private static int? LengthOf(TypeSyntax type)
    {
        int open = type.Text.IndexOf('(', StringComparison.Ordinal);
        return open >= 0 && TypeOf(type).Id == TypeId.Utf8 && int.TryParse(type.Text.AsSpan(open + 1).TrimEnd().TrimEnd(')'), out int length) ? length : null;
    }

    private static DataType TypeOf(TypeSyntax type)
    {
        try
        {
            return DataType.Parse(type.Text);
        }
        catch (MillraceException e)
        {
            throw e.At(PlaceOf(type));
        }
    }
}
