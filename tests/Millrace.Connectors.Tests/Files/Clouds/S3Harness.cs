using System.Text;
using Millrace.Connectors.Files;
using Millrace.Formats;
using Millrace.Storage;

namespace Millrace.Connectors.Tests.Files;

/// <summary>A bucket of its own and what a test needs to read and write there.</summary>
internal sealed class S3Harness : IAsyncDisposable
{
    private int _runs;

    private S3Harness(S3TestServer server, string bucket)
    {
        Server = server;
        Bucket = bucket;
        Options = new S3Options { Endpoint = server.Endpoint, AccessKeyId = S3TestServer.AccessKey, SecretAccessKey = S3TestServer.Secret };
        Store = ObjectStores.Open($"s3://{bucket}/", new StoreOptions { S3 = Options }).Store;
    }

    public S3TestServer Server { get; }

    public string Bucket { get; }

    public S3Options Options { get; }

    /// <summary>The whole bucket.</summary>
    public IObjectStore Store { get; }

    /// <summary>What a sink uses in place of its store.</summary>
    public Func<IObjectStore, IObjectStore> Wrap { get; set; } = store => store;

    public static async Task<S3Harness> CreateAsync()
    {
        S3TestServer server = S3TestServer.Demand();
        return new S3Harness(server, await server.NewBucketAsync());
    }

    public string Url(string path) => $"s3://{Bucket}/{path}";

    public async Task WriteAsync(string name, string text) => await Store.PutAsync(name, Encoding.UTF8.GetBytes(text), PutCondition.Any, default);

    public ISource Source(string path, Func<FilesSourceOptions, FilesSourceOptions>? with = null, IReadOnlyList<string>? outputs = null)
    {
        var options = new FilesSourceOptions { Path = [Url(path)], S3 = Options };
        return new FilesConnector().OpenSource(with?.Invoke(options) ?? options, new ConnectorContext { Job = "read", Outputs = outputs ?? [] });
    }

    public async Task<IReadOnlyList<string>> RowsAsync(string path, Func<FilesSourceOptions, FilesSourceOptions>? with = null)
    {
        await using ISource source = Source(path, with);
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest(), default);
        return await PlanReading.ReadAllAsync(plan);
    }

    public ISink Sink(string path, Func<FilesTargetOptions, FilesTargetOptions>? with = null, string job = "orders")
    {
        var options = new FilesTargetOptions { Path = Url(path), S3 = Options };
        return new FilesConnector(FormatRegistry.BuiltIn, store => Wrap(store)).OpenSink(with?.Invoke(options) ?? options, new ConnectorContext { Job = job });
    }

    public async Task<ISinkWriter> WriterAsync(ISink sink, WriteMode mode = WriteMode.Append)
    {
        await sink.RecoverAsync(default);
        await sink.EnsureSchemaAsync(Batches.Schema, SchemaEvolution.Evolve, default);
        return await sink.OpenWriterAsync(new SinkRequest { Schema = Batches.Schema, Mode = mode, RunId = $"run{++_runs}", FencingToken = _runs, Resumes = false }, default);
    }

    public static async Task<CommitSummary> CommitAsync(ISinkWriter writer, long epoch, RecordBatch batch, string job = "orders")
    {
        using (batch)
        {
            await writer.WriteAsync(batch, default);
        }

        return await writer.CommitAsync(new Checkpoint { Job = job, Epoch = epoch, CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(epoch), FencingToken = epoch * 1000 }, default);
    }

    public async Task<string[]> NamesAsync() => [.. await Store.ListAsync("", null, default).Select(o => o.Name).ToListAsync()];

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
