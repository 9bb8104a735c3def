using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Sdk;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>Writes one file. The run is one epoch: the file takes its name when all rows are in it.</summary>
internal sealed class FileSink(TargetPath target, FilesTargetOptions options, OutputFormat format, IObjectStore store, ConnectorContext context) : ISink
{
    private readonly string _name = target.File!;

    public DeliveryGuarantee Guarantee => DeliveryGuarantee.ExactlyOnce;

    public bool CommitsOnce => true;

    public async ValueTask<CheckReport> CheckAsync(CancellationToken cancellation)
    {
        var findings = new List<CheckFinding> { await TargetCheck.WritableAsync(target, store, cancellation).ConfigureAwait(false) };
        try
        {
            ObjectInfo? found = await store.FindAsync(_name, cancellation).ConfigureAwait(false);
            findings.Add(found is null
                ? CheckFinding.Pass($"write {target.Text}", $"a new {format.Format.Name} file")
                : options.IfExists == IfExists.Error
                    ? CheckFinding.Fail($"write {target.Text}", FilesErrors.Exists(target.Text))
                    : CheckFinding.Pass($"write {target.Text}", $"exists with {found.Size} bytes; only an overwriting run replaces it"));
        }
        catch (MillraceException e)
        {
            findings.Add(CheckFinding.Fail($"write {target.Text}", e));
        }

        return new CheckReport(findings);
    }

    public async ValueTask<Checkpoint?> RecoverAsync(CancellationToken cancellation)
    {
        await store.RemoveStaleAsync(_name, cancellation).ConfigureAwait(false);
        await DeadOutputs.RemoveAsync(store, cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>The file is new or replaced, so any schema will do.</summary>
    public ValueTask EnsureSchemaAsync(Schema schema, SchemaEvolution evolution, CancellationToken cancellation) => ValueTask.CompletedTask;

    public async ValueTask<ISinkWriter> OpenWriterAsync(SinkRequest request, CancellationToken cancellation)
    {
        bool replaces = ExistingOutputs.Choose(request.Mode, options.IfExists) switch
        {
            ExistingOutput.Extend when options.IfExists is not null => throw FilesErrors.NotSupported.Error(
                $"A single file such as '{target.Text}' cannot be appended to.", ErrorPlace.InFile(target.Text), "Write to a folder: a path that ends with a slash."),
            ExistingOutput.Replace => true,
            _ => false,
        };
        OutputHold hold = await TakeAsync(cancellation).ConfigureAwait(false);
        try
        {
            ObjectInfo? found = await store.FindAsync(_name, cancellation).ConfigureAwait(false);
            if (!replaces && found is not null)
            {
                throw options.IfExists == IfExists.Error ? FilesErrors.Exists(target.Text) : FilesErrors.NotExtended(target.Text);
            }

            Func<CancellationToken, ValueTask<OutputFile>> open = c => OutputFile.CreateAsync(store, _name, target.Text, format, request.Schema, c);
            return new FileSinkWriter(await open(cancellation).ConfigureAwait(false), open, target.Text, ConditionOf(replaces, found), hold);
        }
        catch
        {
            await hold.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Where no lock keeps others out, the last to publish would win without knowing of the others: there what is replaced has to
    // be what was found.
    private PutCondition ConditionOf(bool replaces, ObjectInfo? found)
        => !replaces ? PutCondition.IfAbsent
            : store is ILockingStore ? PutCondition.Any
            : found is null ? PutCondition.IfAbsent : PutCondition.IfMatch(found.ETag);

    // Without its staged file a run cannot publish. It goes before the lock is broken, so that the death of this process in
    // between leaves nobody able to; and after it, since the other may have begun anew.
    private async ValueTask<OutputHold> TakeAsync(CancellationToken cancellation)
    {
        ValueTask RemoveStagedAsync(ILockingStore locks) => locks.RemoveStagedAsync(_name, cancellation);
        OutputHold hold = await OutputHold.TakeAsync(store, DeadOutputs.LockOf(_name), target.Text, context.Job.Replace('\n', ' '), context, (locks, _) => RemoveStagedAsync(locks), cancellation).ConfigureAwait(false);
        if (hold.MayHaveRivals && store is ILockingStore locking)
        {
            await RemoveStagedAsync(locking).ConfigureAwait(false);
        }

        return hold;
    }

    public ValueTask DisposeAsync() => store.DisposeAsync();
}
