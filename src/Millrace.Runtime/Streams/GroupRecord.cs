using System.Text.Json;
using System.Text.Json.Nodes;
using Millrace.Storage;

namespace Millrace.Runtime;

/// <summary>
/// The streams that an unfinished run of a job has moved completely, so that the next one does only what is left. It is there
/// from the first stream that is done until all of them are.
/// </summary>
internal sealed class GroupRecord(string folder, string tenant, string job)
{
    private const int Version = 1;

    private readonly string _name = $"{FolderName.Of(tenant)}/{FolderName.Of(job)}/streams.json";
    private readonly SemaphoreSlim _lock = new(1, 1);
    private readonly SortedDictionary<string, DateTimeOffset> _done = new(StringComparer.Ordinal);

    /// <summary>Streams with the time when they were done.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Done => _done;

    public async ValueTask LoadAsync(CancellationToken cancellation)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var store = new LocalStore(folder);
        await using (store.ConfigureAwait(false))
        {
            if (await store.FindAsync(_name, cancellation).ConfigureAwait(false) is null)
            {
                return;
            }

            string path = Path.Combine(folder, _name);
            try
            {
                JsonObject json = JsonNode.Parse(await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false))!.AsObject();
                if ((int?)json["v"] != Version)
                {
                    throw new JsonException($"Its version is {json["v"]}.");
                }

                foreach ((string stream, JsonNode? at) in json["done"]!.AsObject())
                {
                    _done[stream] = at!.GetValue<DateTimeOffset>();
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or NullReferenceException or FormatException)
            {
                throw GroupErrors.BrokenRecord.Error(e.Message, ErrorPlace.InFile(path));
            }
        }
    }

    /// <summary>A stream is done.</summary>
    public async ValueTask AddAsync(string stream, DateTimeOffset at)
    {
        await _lock.WaitAsync().ConfigureAwait(false);
        try
        {
            _done[stream] = at;
            Directory.CreateDirectory(folder);
            var store = new LocalStore(folder);
            await using (store.ConfigureAwait(false))
            {
                var json = new JsonObject { ["v"] = Version, ["done"] = new JsonObject(_done.Select(d => KeyValuePair.Create(d.Key, (JsonNode?)d.Value))) };
                await store.PutAsync(_name, System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), PutCondition.Any, CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            _lock.Release();
        }
    }

    /// <summary>There is nothing left to go on with.</summary>
    public async ValueTask RemoveAsync()
    {
        _done.Clear();
        if (Directory.Exists(folder))
        {
            var store = new LocalStore(folder);
            await using (store.ConfigureAwait(false))
            {
                await store.DeleteAsync(_name, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }
}
