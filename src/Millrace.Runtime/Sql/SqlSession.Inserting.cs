using Millrace.Runtime.Contracts;
using Millrace.Runtime.Governance;
using Millrace.Runtime.Streaming;
using Millrace.Sdk;
using Millrace.Sql.Binding;
using Millrace.Sql.Catalog;
using Millrace.Sql.Parsing;

namespace Millrace.Runtime.Sql;

/// <content>Statements that put rows into objects and places.</content>
public sealed partial class SqlSession
{
    private async Task<StatementResult> InsertAsync(
        QualifiedName? name,
        string? location,
        IReadOnlyList<Identifier> columns,
        QuerySyntax query,
        IReadOnlyList<OptionSyntax> options,
        StatementAnnotations annotations,
        CancellationToken cancellation)
    {
        ErrorPlace place = name is not null ? PlaceOf(name) : new ErrorPlace { File = location };
        StatementOptions with = OptionsOf(options, location ?? name!.Last.Text, place);
        StatementOptions own = RuntimeOptions.Take<StreamJobOptions>(with);
        WriteMode? asked = TakeMode(with);
        SqlObject found = name is not null ? Named(name, with) : Placed(location!, with);
        foreach ((string option, string value) in found.JobOptions)
        {
            own.TryAdd(option, value);
        }

        StreamJobOptions job = RuntimeOptions.Bind<StreamJobOptions>(own);
        InsertTarget filled = found.Filled(columns);
        CheckHeaders(query, found.Target, found.Name);
        if (await FollowedByAsync(query, cancellation, filled).ConfigureAwait(false) is { } followed)
        {
            if (asked == WriteMode.Overwrite)
            {
                throw SqlErrors.BadDefinition.Error("A statement that runs on adds to its target and does not overwrite it.", place, "Leave the option write out, or remove what is there first.");
            }

            return JobOf(query, followed, found, filled, job, asked, annotations);
        }

        if (found.Memory is not null)
        {
            return await InsertAsync(found, found.Memory, filled, query, annotations, cancellation).ConfigureAwait(false);
        }

        Endpoint target = found.Target ?? throw SqlErrors.BadDefinition.Error($"'{found.Name}' cannot be written to.", place);
        IReadOnlyList<string> key = KeyOf(found, filled);
        Pipeline pipeline = PipelineOf(query, target, asked ?? ModeOf(target, key), annotations.Lanes, filled) with { Key = key };
        pipeline = Contracted(job.Failure is { } failure ? pipeline with { Failure = failure } : pipeline, job);
        return await WriteAsync(Annotated(pipeline with { Columns = ColumnPlan.Of(null, pipeline.Contract?.Asset, pipeline.Contract?.Mode ?? ContractMode.Strict) }, annotations), cancellation).ConfigureAwait(false);
    }

    // With the contract that the statement or its target names.
    private Pipeline Contracted(Pipeline pipeline, StreamJobOptions job)
    {
        AssetSpec? asset = job.Asset is { } path ? AssetFile.Load(Path.Combine(baseDirectory, path)) : null;
        ContractPlan? contract = ContractPlan.Of(asset, job.SchemaValidationMode, connectors, baseDirectory);
        return contract is null ? pipeline : pipeline with { Contract = contract, Tags = TagPlan.OfSource with { Asset = asset } };
    }

    // The names of the target's key columns as they are stored.
    private static string[] KeyOf(SqlObject target, InsertTarget filled)
        => [.. target.Key.Select(k => filled.Columns.FirstOrDefault(c => c.Name.Equals(k, StringComparison.OrdinalIgnoreCase))?.StoredName ?? k)];

    // A target that can merge holds one row for each value of the primary key that its definition names.
    private static WriteMode ModeOf(Endpoint target, IReadOnlyList<string> key)
        => key.Count > 0 && target.Connector.Capabilities.WriteModes.Contains(WriteMode.Merge) ? WriteMode.Merge : WriteMode.Append;

    // Null where the statement does not say.
    private static WriteMode? TakeMode(StatementOptions options)
    {
        const string write = "write";
        return !options.Remove(write, out string? written) ? null
            : written.Equals("append", StringComparison.OrdinalIgnoreCase) ? WriteMode.Append
            : written.Equals("overwrite", StringComparison.OrdinalIgnoreCase) ? WriteMode.Overwrite
            : throw SqlErrors.BadDefinition.Error($"The option write is '{written}', expected append or overwrite.", options.PlaceOf(write), "Rows are merged by key by `millrace copy --write merge` and by jobs with `write: merge`.");
    }

    // What lies where an object does was said when it was made.
    private SqlObject Named(QualifiedName name, StatementOptions options)
        => options.Keys.FirstOrDefault() is { } unknown
            ? throw SdkErrors.UnknownOption.Error($"There is no option '{unknown}' of a statement that writes{NearestName.Suggest(unknown, RuntimeOptions.NamesOf<StreamJobOptions>().Append("write"))}.", options.PlaceOf(unknown), $"Where {name} lies, and in what format, stands in its CREATE.")
            : Objects.Find(name) ?? ConsoleOf(name) ?? Objects.Require(name, PlaceOf(name));

    private SqlObject Placed(string location, StatementOptions options)
    {
        options["location"] = location;
        SqlOptions.CheckNames(options, ConnectorOf(options), ["write", .. LocationOptions]);
        return new SqlObject(location, ObjectKind.Stream) { Target = Resolve(options, ConnectorRole.Target) };
    }

    /// <summary>Runs a query into a target as a pipeline, with all that a job has.</summary>
    public async Task<StatementResult> WriteAsync(QuerySyntax query, Endpoint target, WriteMode mode, StatementAnnotations annotations, CancellationToken cancellation)
    {
        CheckHeaders(query, target, target.Name);
        Pipeline pipeline = Annotated(
            await FollowedByAsync(query, cancellation).ConfigureAwait(false) is { } followed
                ? StreamOf(JobName, query, followed, OwnJob(), []) with { Sink = target, WriteMode = mode, OneEpoch = true }
                : PipelineOf(query, target, mode, annotations.Lanes),
            annotations);
        return await WriteAsync(pipeline, cancellation).ConfigureAwait(false);
    }

    private static async Task<StatementResult> WriteAsync(Pipeline pipeline, CancellationToken cancellation)
    {
        RunSummary summary = await new PipelineRunner(pipeline).RunAsync(cancellation).ConfigureAwait(false);
        return summary.Error is { } error
            ? throw error
            : StatementResult.Of(summary, $"{Rows(summary.Rows)} written to {string.Join(", ", summary.Objects.Take(3))}{(summary.Objects.Count > 3 ? ", …" : "")}");
    }

    // Headers that nobody writes would be lost in silence.
    private static void CheckHeaders(QuerySyntax query, Endpoint? target, string name)
    {
        if (OutgoingHeaders.IsIn(query) && target?.Connector.Capabilities.CarriesHeaders != true)
        {
            throw SqlErrors.NoHeaders.Error($"The query sets headers, and '{name}' has no place for them.", PlaceOf(query));
        }
    }

    private Pipeline PipelineOf(QuerySyntax query, Endpoint target, WriteMode mode, int? lanes, InsertTarget? filled = null) => new()
    {
        Job = JobName,
        BaseDirectory = baseDirectory,
        Source = QueryConnector.Endpoint(this, query, lanes, filled),
        Sink = target,
        WriteMode = mode,
        OneEpoch = true,
        Failure = new FailureSpec { Strategy = Settings.SkipsBadRows ? FailureStrategy.LogAndContinue : FailureStrategy.FailBatch },
        Threads = 1,
        Time = Time,
    };

    private async Task<StatementResult> InsertAsync(SqlObject target, MemoryTable table, InsertTarget filled, QuerySyntax query, StatementAnnotations annotations, CancellationToken cancellation)
    {
        // All of the rows or none: what is read is put in only when it is whole.
        using MemoryTable rows = await MaterialiseAsync(table.Name, query, annotations, cancellation, filled).ConfigureAwait(false);
        Objects.Set(target with { Memory = table.With(rows.Batches) });
        table.Dispose();
        return StatementResult.Of(Rows(rows.RowEstimate ?? 0));
    }

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count} rows";
}
