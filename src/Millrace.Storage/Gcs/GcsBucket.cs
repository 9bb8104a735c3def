using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Storage;

/// <summary>A bucket of Google Cloud Storage, by its JSON API. The generation of an object is its tag.</summary>
internal sealed class GcsBucket : Bucket
{
    internal const string StagedEnding = ".mrtmp";

    // Pieces of uploads are multiples of this.
    private const int PieceUnit = 256 << 10;
    private const int LargestPiece = 512 << 20;
    private const int CallsAtOnce = 8;

    private readonly CloudHttp _http;
    private readonly GcsAccess _access;
    private readonly GcsOptions _options;
    private readonly string _name;
    private readonly string _display;

    /// <param name="name">Name of the bucket.</param>
    /// <param name="display">Start of the addresses of objects, as the user writes them.</param>
    /// <param name="options">How to reach it.</param>
    /// <param name="credentials">Those that are renewed at run time; null for those of the options and the environment.</param>
    public GcsBucket(string name, string display, GcsOptions options, KeptCredentials? credentials)
    {
        _name = name;
        _display = display;
        _options = options;
        _access = new GcsAccess(options, display, credentials);
        _http = new CloudHttp(options.Retries, options.Timeout);
    }

    /// <summary>An upload takes one piece after the other.</summary>
    public override int PartsAtOnce => 1;

    public override int DeletesAtOnce => 1000;

    public override string Describe(string key) => _display + key;

    public override int PartBytes(int number) => (int)(Math.Clamp(_options.PartSize.Bytes, PieceUnit, LargestPiece) / PieceUnit * PieceUnit);

    public override async ValueTask<BucketPage> ListAsync(string prefix, bool delimited, string? token, CancellationToken cancellation)
    {
        string query = $"{Objects}?prefix={Uri.EscapeDataString(prefix)}{(delimited ? "&delimiter=%2F" : "")}{(token is null ? "" : $"&pageToken={Uri.EscapeDataString(token)}")}";
        JsonObject page = await JsonAsync(HttpMethod.Get, prefix, query, null, default, cancellation).ConfigureAwait(false);
        List<BucketObject> objects = [.. (page["items"]?.AsArray() ?? []).Select(o => ObjectOf(o!)).Where(o => !IsStaged(o.Key))];
        return new BucketPage(objects, [.. (page["prefixes"]?.AsArray() ?? []).Select(p => (string)p!)], (string?)page["nextPageToken"]);
    }

    public override async ValueTask<BucketObject?> FindAsync(string key, CancellationToken cancellation)
    {
        try
        {
            return ObjectOf(await JsonAsync(HttpMethod.Get, key, ObjectPath(key), null, default, cancellation).ConfigureAwait(false));
        }
        catch (MillraceException e) when (e.Code == StorageErrors.NotFound)
        {
            return null;
        }
    }

    public override async ValueTask ReadAsync(string key, string etag, long offset, Memory<byte> target, CancellationToken cancellation)
    {
        string url = $"{ObjectPath(key)}?alt=media&ifGenerationMatch={etag}";
        try
        {
            await _http.ReadAsync(
                target,
                done => SendAsync(
                    HttpMethod.Get,
                    key,
                    url,
                    null,
                    request => request.Headers.Range = new System.Net.Http.Headers.RangeHeaderValue(offset + done, offset + target.Length - 1),
                    PutCondition.IfMatch(etag),
                    cancellation),
                cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (CloudHttp.IsNetworkFault(e, cancellation))
        {
            throw GcsFaults.Explain(e, Describe(key));
        }
    }

    public override async ValueTask<BucketObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutCondition condition, WriteMarks marks, CancellationToken cancellation)
    {
        string url = $"/upload{Objects}?uploadType=multipart&name={Uri.EscapeDataString(key)}{Conditions(condition)}";
        HttpContent Body()
        {
            var body = new MultipartContent("related") { new StringContent(Metadata(key, marks.Id, MetadataOf(marks)), Encoding.UTF8, "application/json") };
            var bytes = new ReadOnlyMemoryContent(content);
            bytes.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/octet-stream");
            body.Add(bytes);
            return body;
        }

        return ObjectOf(await JsonAsync(HttpMethod.Post, key, url, Body, condition, cancellation).ConfigureAwait(false));
    }

    public override async ValueTask<BucketUpload> BeginAsync(string key, WriteMarks marks, CancellationToken cancellation)
    {
        // Conditions of an upload are known at its end only, so it becomes a hidden object first.
        int slash = key.LastIndexOf('/') + 1;
        string staged = $"{key[..slash]}.{key[slash..]}.{Guid.NewGuid():N}{StagedEnding}";
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Post, key, $"/upload{Objects}?uploadType=resumable", () => new StringContent(Metadata(staged, marks.Id, MetadataOf(marks)), Encoding.UTF8, "application/json"), null, default, cancellation).ConfigureAwait(false);
        Uri session = response.Headers.Location ?? throw StorageErrors.Refused.Error($"The store gave no address to upload '{Describe(key)}' to.", ErrorPlace.InFile(Describe(key)));
        return new GcsUpload(this, session, key, staged, marks.Id);
    }

    public override async ValueTask CopyAsync(string from, BucketObject source, string to, PutCondition condition, string writeId, CancellationToken cancellation)
        => await RewriteAsync(from, source, to, condition, writeId, cancellation).ConfigureAwait(false);

    /// <summary>Copies within the bucket, in as many steps as the store takes for it.</summary>
    internal async ValueTask<BucketObject> RewriteAsync(string from, BucketObject source, string to, PutCondition condition, string writeId, CancellationToken cancellation)
    {
        string? token = null;
        while (true)
        {
            string url = $"{ObjectPath(from)}/rewriteTo/b/{Uri.EscapeDataString(_name)}/o/{Uri.EscapeDataString(to)}?ifSourceGenerationMatch={source.ETag}{Conditions(condition)}{(token is null ? "" : $"&rewriteToken={Uri.EscapeDataString(token)}")}";
            JsonObject answer = await JsonAsync(HttpMethod.Post, to, url, () => new StringContent(Metadata(to, writeId, source.Metadata), Encoding.UTF8, "application/json"), condition, cancellation).ConfigureAwait(false);
            if ((bool?)answer["done"] != false)
            {
                return ObjectOf(answer["resource"]!);
            }

            token = (string?)answer["rewriteToken"];
        }
    }

    public override async ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
        => await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellation }, async (key, stop) =>
        {
            try
            {
                using HttpResponseMessage _ = await SendAsync(HttpMethod.Delete, key, ObjectPath(key), null, null, default, stop).ConfigureAwait(false);
            }
            catch (MillraceException e) when (e.Code == StorageErrors.NotFound)
            {
                // It is gone, as it should be.
            }
        }).ConfigureAwait(false);

    public override async ValueTask RemoveStaleAsync(string prefix, DateTimeOffset before, CancellationToken cancellation)
    {
        int slash = prefix.LastIndexOf('/') + 1;
        string? token = null;
        do
        {
            string query = $"{Objects}?delimiter=%2F&prefix={Uri.EscapeDataString($"{prefix[..slash]}.{prefix[slash..]}")}{(token is null ? "" : $"&pageToken={Uri.EscapeDataString(token)}")}";
            JsonObject page = await JsonAsync(HttpMethod.Get, prefix, query, null, default, cancellation).ConfigureAwait(false);
            await DeleteAsync([.. (page["items"]?.AsArray() ?? []).Select(o => ObjectOf(o!)).Where(o => IsStaged(o.Key) && o.Modified < before).Select(o => o.Key)], cancellation).ConfigureAwait(false);
            token = (string?)page["nextPageToken"];
        }
        while (token is not null);
    }

    public override async ValueTask<IReadOnlyList<string>> ProbeAsync(string prefix, CancellationToken cancellation)
    {
        string key = $"{prefix}.millrace-{Guid.NewGuid():N}";
        await PutAsync(key, "probe"u8.ToArray(), PutCondition.IfAbsent, WriteMarks.Of("probe"), cancellation).ConfigureAwait(false);
        await DeleteAsync([key], cancellation).ConfigureAwait(false);
        return ["may be written"];
    }

    public override void Dispose() => _http.Dispose();

    /// <summary>Sends a request and throws where it is refused.</summary>
    /// <param name="method">Verb.</param>
    /// <param name="key">The object, for messages.</param>
    /// <param name="url">Path and query, or a whole address.</param>
    /// <param name="body">Makes the body, once for every attempt.</param>
    /// <param name="prepare">Last changes of the request.</param>
    /// <param name="condition">Under which the request is made.</param>
    /// <param name="cancellation">Stops the call.</param>
    internal async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string key, string url, Func<HttpContent>? body, Action<HttpRequestMessage>? prepare, PutCondition condition, CancellationToken cancellation)
    {
        async ValueTask<HttpRequestMessage> MakeAsync()
        {
            var request = new HttpRequestMessage(method, url.StartsWith('/') ? _access.Endpoint + url : url) { Content = body?.Invoke() };
            prepare?.Invoke(request);
            await _access.SignAsync(request, cancellation).ConfigureAwait(false);
            return request;
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(MakeAsync, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (CloudHttp.IsNetworkFault(e, cancellation) || GcsFaults.IsFault(e))
        {
            throw GcsFaults.Explain(e, Describe(key));
        }

        // 308 asks for more pieces of an upload.
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.PermanentRedirect)
        {
            return response;
        }

        using (response)
        {
            throw await GcsFaults.ExplainAsync(response, Describe(key), _name, condition, cancellation).ConfigureAwait(false);
        }
    }

    internal static BucketObject ObjectOf(JsonNode found) => new(
        (string)found["name"]!,
        long.Parse((string?)found["size"] ?? "0", CultureInfo.InvariantCulture),
        DateTimeOffset.Parse((string)found["updated"]!, CultureInfo.InvariantCulture),
        (string)found["generation"]!,
        (string?)found["metadata"]?[WriteIdKey])
    {
        Metadata = [.. (found["metadata"] as JsonObject ?? []).Where(m => m.Key != WriteIdKey).Select(m => KeyValuePair.Create(m.Key, (string?)m.Value ?? ""))],
    };

    private string Objects => $"/storage/v1/b/{Uri.EscapeDataString(_name)}/o";

    private string ObjectPath(string key) => $"{Objects}/{Uri.EscapeDataString(key)}";

    private static bool IsStaged(string key) => key.EndsWith(StagedEnding, StringComparison.Ordinal) && key[(key.LastIndexOf('/') + 1)..].StartsWith('.');

    private static string Conditions(PutCondition condition)
        => condition.MustBeAbsent ? "&ifGenerationMatch=0" : condition.ETag is { } tag ? $"&ifGenerationMatch={Uri.EscapeDataString(tag)}" : "";

    // Metadata goes as JSON, which takes every character.
    private IEnumerable<KeyValuePair<string, string>> MetadataOf(WriteMarks marks)
        => _options.ObjectTags == ObjectTagging.None ? [] : marks.AsMetadata(static c => c is '.' or '-' or '_' or '/' or ' ');

    private static string Metadata(string key, string writeId, IEnumerable<KeyValuePair<string, string>> others)
    {
        var metadata = new Dictionary<string, string> { [WriteIdKey] = writeId };
        foreach ((string name, string value) in others)
        {
            metadata[name] = value;
        }

        return JsonSerializer.Serialize(new Dictionary<string, object> { ["name"] = key, ["metadata"] = metadata });
    }

    private async ValueTask<JsonObject> JsonAsync(HttpMethod method, string key, string url, Func<HttpContent>? body, PutCondition condition, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(method, key, url, body, null, condition, cancellation).ConfigureAwait(false);
        try
        {
            return JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)) as JsonObject
                ?? throw StorageErrors.Refused.Error($"The store's answer about '{Describe(key)}' is not what its interface promises.", ErrorPlace.InFile(Describe(key)));
        }
        catch (Exception e) when (CloudHttp.IsNetworkFault(e, cancellation) || e is JsonException)
        {
            throw GcsFaults.Explain(e, Describe(key));
        }
    }
}
