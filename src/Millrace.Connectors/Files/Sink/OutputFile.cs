using Millrace.Columnar;
using Millrace.Connectors.Common;
using Millrace.Formats;
using Millrace.Storage;

namespace Millrace.Connectors.Files;

/// <summary>One file that is being written. Disposing it before <see cref="PublishAsync"/> leaves no trace.</summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly IStagedObject _staged;
    private readonly StagedTarget _target;
    private readonly IBatchWriter _writer;

    private OutputFile(IStagedObject staged, StagedTarget target, IBatchWriter writer)
    {
        _staged = staged;
        _target = target;
        _writer = writer;
    }

    /// <summary>Name in the store.</summary>
    public string Name => _staged.Name;

    public long Rows => _writer.Rows;

    /// <summary>Bytes the file would have if it ended here, about.</summary>
    public long EstimatedBytes => _writer.EstimatedBytes;

    /// <param name="store">Where it goes.</param>
    /// <param name="name">Name in the store.</param>
    /// <param name="display">What the user calls it; its ending may tell the format how to compress.</param>
    /// <param name="format">What it is written in.</param>
    /// <param name="schema">Columns of the batches.</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async ValueTask<OutputFile> CreateAsync(IObjectStore store, string name, string display, OutputFormat format, Schema schema, CancellationToken cancellation)
    {
        IStagedObject staged = await store.StageAsync(name, ObjectTags.Of(schema), cancellation).ConfigureAwait(false);
        try
        {
            var target = new StagedTarget(staged, display);
            return new OutputFile(staged, target, format.Format.OpenWriter(target, schema, format.Options));
        }
        catch
        {
            await staged.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Bytes that wait in memory.</summary>
    public long BufferedBytes => _writer.BufferedBytes;

    /// <summary>Writes what waits in memory.</summary>
    public ValueTask FlushAsync(CancellationToken cancellation) => _writer.FlushAsync(cancellation);

    public ValueTask WriteAsync(RecordBatch batch, CancellationToken cancellation) => _writer.WriteAsync(batch, cancellation);

    /// <summary>Ends the file, which takes no rows any more and is to be published then.</summary>
    public ValueTask EndAsync(CancellationToken cancellation) => _writer.FinishAsync(cancellation);

    /// <summary>Gives the file that has ended its name, durably.</summary>
    public ValueTask<ObjectInfo> PublishAsync(PutCondition condition, CancellationToken cancellation) => _staged.PublishAsync(condition, cancellation);

    public async ValueTask DisposeAsync()
    {
        _target.IsAbandoned = true;
        try
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await _staged.DisposeAsync().ConfigureAwait(false);
        }
    }
}
