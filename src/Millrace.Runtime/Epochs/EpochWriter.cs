using System.Diagnostics.CodeAnalysis;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>The sink's writer during an attempt: there is one at a time, for one set of columns.</summary>
internal sealed class EpochWriter(Pipeline pipeline, ISink sink, string run) : IRowErrorHandler, IAsyncDisposable
{
    private readonly SplitErrors _refused = new(pipeline.Failure);
    private readonly GivenRows _given = new();
    private ISinkWriter? _writer;
    private Schema? _schema;

    [MemberNotNullWhen(true, nameof(_writer))]
    public bool IsOpen => _writer is not null;

    /// <summary>Gets rows that do not come to the target, such as those that repeat a unique value.</summary>
    public IRowErrorHandler Refused => _refused;

    public bool Takes(Schema schema) => IsOpen && schema.Equals(_schema);

    /// <summary>Closes the writer that there was, of which nothing may be staged, and opens one for other columns.</summary>
    public Task OpenAsync(Schema schema, long token, bool resumes, CancellationToken cancellation)
        => OpenAsync(Request(schema, token, resumes), cancellation);

    /// <summary>The same for the keys of all rows that there are; others are removed from the target.</summary>
    public Task OpenForKeysAsync(Schema schema, long token, CancellationToken cancellation)
        => OpenAsync(Request(schema, token, resumes: true) with { RemovesMissing = true, Errors = pipeline.Failure.StopsAt(RowStage.Convert) ? null : new SplitErrors(SnapshotRules.OfKeys(pipeline)) }, cancellation);

    /// <summary>A row that the target does not take.</summary>
    void IRowErrorHandler.OnRowError(RowError error) => _refused.OnRowError(error with { Place = _given.Find(error.Place) });

    private async Task OpenAsync(SinkRequest request, CancellationToken cancellation)
    {
        Schema schema = request.Schema;
        await DisposeAsync().ConfigureAwait(false);
        CheckKey(schema);
        await sink.EnsureSchemaAsync(schema, SchemaEvolution.Evolve, cancellation).ConfigureAwait(false);
        _writer = await sink.OpenWriterAsync(request, cancellation).ConfigureAwait(false);
        _schema = schema;
    }

    private SinkRequest Request(Schema schema, long token, bool resumes) => new()
    {
        Schema = schema,
        Mode = pipeline.WriteMode,
        Key = pipeline.Key,
        RunId = run,
        FencingToken = token,
        Resumes = resumes,
        IsSnapshot = SnapshotRules.IsSnapshot(pipeline),
        Errors = pipeline.Failure.StopsAt(RowStage.Convert) ? null : this,
    };

    // Said here for all targets: what each would say of it comes late, and in the words of its server.
    private void CheckKey(Schema rows)
    {
        foreach (string column in pipeline.WriteMode.IsByKey() ? pipeline.Key : [])
        {
            if (rows.IndexOf(column) < 0)
            {
                throw RuntimeErrors.ColumnNotFound.Error(
                    $"The key column '{column}' is not among the columns of the rows{NearestName.Suggest(column, rows.Fields.Select(f => f.Name))}.",
                    new ErrorPlace { Stream = pipeline.Stream, Field = column },
                    $"Name the columns that identify a row: `key` in a job or location, --key for copy.");
            }
        }
    }

    /// <summary>Stages rows, which are borrowed.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="origin">Where they are from; null if that is not known.</param>
    /// <param name="cancellation">Stops it.</param>
    public async ValueTask WriteAsync(RecordBatch batch, BatchOrigin? origin, CancellationToken cancellation)
    {
        _given.Add(batch.Length, origin);
        try
        {
            await _writer!.WriteAsync(batch, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Place?.Row is not null)
        {
            throw e.At(_given.Find(e.Place));
        }
    }

    /// <summary>Lets the target see every row that is staged, before the commit.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        try
        {
            await _writer!.FlushAsync(cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Place?.Row is not null)
        {
            throw e.At(_given.Find(e.Place));
        }
    }

    /// <summary>Rows that the target did not take since the last call; null for none.</summary>
    public BadRows? TakeRefused() => _refused.Take();

    public ValueTask<CommitSummary> CommitAsync(Checkpoint checkpoint, CancellationToken cancellation)
    {
        _given.Clear();
        return _writer!.CommitAsync(checkpoint, cancellation);
    }

    /// <summary>Gives up what is staged, and the writer.</summary>
    public async Task AbortAsync()
    {
        _refused.Take();
        _given.Clear();
        if (_writer is { } writer)
        {
            _writer = null;
            await using (writer.ConfigureAwait(false))
            {
                await writer.AbortAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_writer is { } writer)
        {
            _writer = null;
            await writer.DisposeAsync().ConfigureAwait(false);
        }
    }
}
