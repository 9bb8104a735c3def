using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>
/// Adds files to a folder. Data and progress are committed together: a record in the folder's log names the files and
/// holds the checkpoint. Holds the dataset's lock from its first look until it is disposed.
/// </summary>
internal sealed class DatasetSink(TargetPath target, FilesTargetOptions options, OutputFormat format, IObjectStore store, ConnectorContext context) : ISink
{
    private readonly string _job = DatasetFolders.Of(context);
    private SchemaEvolution _evolution;
    private OutputHold? _hold;
    private CommitRecord? _last;
    private bool _isRecovered;

    public DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    /// <summary>Every epoch makes files, so it should last long enough for more than a few rows.</summary>
    public TimeSpan SuggestedWindow => TimeSpan.FromSeconds(10);

    public ICheckpointLog Commits => new DatasetCommits(store, _job, target.Text, HoldAsync);

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding> { await TargetCheck.WritableAsync(target, store, cancellation).ConfigureAwait(false) };
        string subject = $"write {target.Text}";
        try
        {
            string? found = await DatasetContent.FirstAsync(store, cancellation).ConfigureAwait(false);
            findings.Add(found is not null && options.IfExists == IfExists.Error
                ? CheckFinding.Fail(subject, FilesErrors.NotEmpty(target.Text, store.Describe(found)))
                : CheckFinding.Pass(subject, found is null ? $"a new folder of {format.Format.Name} files" : "holds files already"));
        }
        catch (MillraceException e)
        {
            findings.Add(CheckFinding.Fail(subject, e));
        }

        return new CheckReport(findings);
    }

    public async ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation)
    {
        _hold ??= await TakeAsync(cancellation).ConfigureAwait(false);
        _last = await _hold.GuardAsync(target.Text, async () =>
        {
            await new DatasetRecovery(store, _job, _hold).RecoverAsync(cancellation).ConfigureAwait(false);
            var log = new CommitLog(store, _job);
            await log.FoldAsync(cancellation).ConfigureAwait(false);
            return await log.ReadLastAsync(cancellation).ConfigureAwait(false);
        }).ConfigureAwait(false);
        _isRecovered = true;
        return _last?.Checkpoint;
    }

    /// <summary>Files carry their schemas, so there is nothing to change; the writer compares.</summary>
    public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation)
    {
        _evolution = evolution;
        _ = SplitterOf(schema);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
    {
        if (!_isRecovered)
        {
            await RecoverAsync(cancellation).ConfigureAwait(false);
        }

        ExistingOutput existing = request.Resumes ? ExistingOutput.Extend : ExistingOutputs.Choose(request.Mode, options.IfExists);
        await _hold!.GuardAsync(target.Text, async () =>
        {
            await ThrowIfInTheWayAsync(existing, cancellation).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        Schema schema = existing == ExistingOutput.Extend && _last?.Schema is { } known
            ? DatasetSchema.Join(known, request.Schema, _evolution, target.Text)
            : request.Schema;
        PartitionSplitter? splitter = SplitterOf(request.Schema);
        var limits = new RotationLimits(options.MaxFileBytes.Bytes, options.MaxFileRows ?? long.MaxValue, options.MaxFileTime ?? TimeSpan.MaxValue, options.MaxOpenFiles);
        return new DatasetWriter(
            store,
            _job,
            _hold,
            target.Text,
            request.RunId,
            schema,
            _last,
            existing == ExistingOutput.Replace,
            splitter,
            options.BufferBytes.Bytes,
            record => _last = record,
            prefix => new EpochFiles(store, _job, prefix, format, splitter?.FileSchema ?? request.Schema, limits, context.Time));
    }

    private async ValueTask ThrowIfInTheWayAsync(ExistingOutput existing, CancellationToken cancellation)
    {
        if (existing == ExistingOutput.Refuse && await DatasetContent.FirstAsync(store, cancellation).ConfigureAwait(false) is { } found)
        {
            throw FilesErrors.NotEmpty(target.Text, store.Describe(found));
        }

        if (existing == ExistingOutput.Replace && await DatasetContent.FirstForeignAsync(store, cancellation).ConfigureAwait(false) is { } foreign)
        {
            throw FilesErrors.NotOurs(target.Text, store.Describe(foreign));
        }
    }

    // The lock for the time of a call, unless the sink has it anyway.
    private async ValueTask<(OutputHold Hold, bool IsNew)> HoldAsync(CancellationToken cancellation)
        => _hold is { } hold ? (hold, false) : (await TakeAsync(cancellation).ConfigureAwait(false), true);

    private ValueTask<OutputHold> TakeAsync(CancellationToken cancellation)
        => OutputHold.TakeAsync(store, DatasetFolders.Lock, target.Text, _job, context, (_, holder) => DatasetRecovery.MarkTakeoverAsync(store, holder ?? _job, cancellation), cancellation);

    private PartitionSplitter? SplitterOf(Schema schema)
        => options.Partition.Count == 0 ? null : PartitionSplitter.Create(options.Partition, schema, options.KeepPartitionColumns, target.Text);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_hold is { } hold)
            {
                _hold = null;
                await hold.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await store.DisposeAsync().ConfigureAwait(false);
        }
    }
}
