using System.Globalization;
using System.Net;
using System.Xml.Linq;

namespace Millrace.Storage;

/// <summary>A container, by the REST API of the Blob service.</summary>
internal sealed class AzureBucket : Bucket
{
    private const int SmallestBlock = 64 << 10;
    private const int LargestBlock = 512 << 20;

    // Blocks grow so that their number suffices for the largest objects there are, while small ones take little memory.
    private const int BlocksOfASize = 8000;
    private const int CallsAtOnce = 8;

    private static readonly TimeSpan CopyPause = TimeSpan.FromMilliseconds(200);

    private readonly CloudHttp _http;
    private readonly AzureAccount _account;
    private readonly AzureOptions _options;
    private readonly string _container;
    private readonly string _display;

    /// <param name="container">Name of the container.</param>
    /// <param name="host">Host of the account, if the address names it.</param>
    /// <param name="display">Start of the addresses of objects, as the user writes them.</param>
    /// <param name="options">How to reach it.</param>
    /// <param name="credentials">Those that are renewed at run time; null for those of the options and the environment.</param>
    public AzureBucket(string container, string? host, string display, AzureOptions options, KeptCredentials? credentials)
    {
        _container = container;
        _display = display;
        _options = options;
        _account = AzureAccount.Open(options, host, credentials);
        _http = new CloudHttp(options.Retries, options.Timeout);
    }

    public override int PartsAtOnce => _options.PartsAtOnce;

    /// <summary>They are removed one by one, some at once.</summary>
    public override int DeletesAtOnce => 1000;

    public override string Describe(string key) => _display + key;

    public override int PartBytes(int number)
        => (int)Math.Min(LargestBlock, Math.Clamp(_options.PartSize.Bytes, SmallestBlock, LargestBlock) << Math.Min(6, (number - 1) / BlocksOfASize));

    public override async ValueTask<BucketPage> ListAsync(string prefix, bool delimited, string? token, CancellationToken cancellation)
    {
        string query = $"restype=container&comp=list&prefix={Uri.EscapeDataString(prefix)}{(delimited ? "&delimiter=%2F" : "")}{(token is null ? "" : $"&marker={Uri.EscapeDataString(token)}")}";
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, prefix, query, null, null, default, cancellation, ofContainer: true).ConfigureAwait(false);
        Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            XElement root = (await XDocument.LoadAsync(body, LoadOptions.PreserveWhitespace, cancellation).ConfigureAwait(false)).Root!;
            XElement? blobs = root.Element("Blobs");

            // Data Lake Storage lists its folders as blobs, too.
            List<BucketObject> objects = [.. (blobs?.Elements("Blob") ?? []).Where(b => b.Element("Properties")?.Element("ResourceType")?.Value != "directory").Select(ObjectOf)];
            return new BucketPage(objects, [.. (blobs?.Elements("BlobPrefix") ?? []).Select(NameOf)], root.Element("NextMarker")?.Value is { Length: > 0 } next ? next : null);
        }
    }

    public override async ValueTask<BucketObject?> FindAsync(string key, CancellationToken cancellation)
    {
        using HttpResponseMessage? response = await TrySendAsync(HttpMethod.Head, key, cancellation).ConfigureAwait(false);
        return response is null || Header(response, "x-ms-meta-hdi_isfolder") == "true"
            ? null
            : new BucketObject(key, response.Content.Headers.ContentLength ?? 0, response.Content.Headers.LastModified ?? default, TagOf(response), Header(response, AzureMarks.WriteIdHeader)) { Metadata = AzureMarks.MetadataOf(response), HasTags = Header(response, "x-ms-tag-count") is not null };
    }

    public override async ValueTask ReadAsync(string key, string etag, long offset, Memory<byte> target, CancellationToken cancellation)
    {
        Task<HttpResponseMessage> OpenAsync(int done)
            => SendAsync(
                HttpMethod.Get,
                key,
                "",
                null,
                request => request.Headers.Add("x-ms-range", string.Create(CultureInfo.InvariantCulture, $"bytes={offset + done}-{offset + target.Length - 1}")),
                PutCondition.IfMatch(etag),
                cancellation).AsTask();

        try
        {
            await _http.ReadAsync(target, OpenAsync, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (CloudHttp.IsNetworkFault(e, cancellation))
        {
            throw AzureFaults.Explain(e, Describe(key));
        }
    }

    public override async ValueTask<BucketObject> PutAsync(string key, ReadOnlyMemory<byte> content, PutCondition condition, WriteMarks marks, CancellationToken cancellation)
    {
        void Prepare(HttpRequestMessage request)
        {
            request.Headers.Add("x-ms-blob-type", "BlockBlob");
            AzureMarks.Set(request, _options.ObjectTags, marks);
        }

        using HttpResponseMessage response = await SendAsync(HttpMethod.Put, key, "", content, Prepare, condition, cancellation).ConfigureAwait(false);
        return new BucketObject(key, content.Length, response.Content.Headers.LastModified ?? default, TagOf(response), marks.Id);
    }

    public override ValueTask<BucketUpload> BeginAsync(string key, WriteMarks marks, CancellationToken cancellation) => new(new AzureUpload(this, key, _options.ObjectTags, marks));

    public override async ValueTask CopyAsync(string from, BucketObject source, string to, PutCondition condition, string writeId, CancellationToken cancellation)
    {
        string tags = source.HasTags ? await TagsAsync(from, cancellation).ConfigureAwait(false) : "";
        string sas = await _account.SasAsync(cancellation).ConfigureAwait(false);
        void Prepare(HttpRequestMessage request)
        {
            request.Headers.Add("x-ms-copy-source", UriOf(from, "", sas).AbsoluteUri);
            request.Headers.Add("x-ms-source-if-match", $"\"{source.ETag}\"");
            AzureMarks.Set(request, writeId, source.Metadata, tags);
        }

        string? state;
        using (HttpResponseMessage response = await SendAsync(HttpMethod.Put, to, "", null, Prepare, condition, cancellation).ConfigureAwait(false))
        {
            state = Header(response, "x-ms-copy-status");
        }

        // Within an account it is done at once, as a rule.
        while (state == "pending")
        {
            await Task.Delay(CopyPause, cancellation).ConfigureAwait(false);
            using HttpResponseMessage? response = await TrySendAsync(HttpMethod.Head, to, cancellation).ConfigureAwait(false);
            state = response is null ? null : Header(response, "x-ms-copy-status");
        }

        if (state != "success")
        {
            throw StorageErrors.Unreachable.Error($"'{Describe(from)}' could not be copied to '{Describe(to)}': the copy is {state ?? "gone"}.", ErrorPlace.InFile(Describe(to)));
        }
    }

    public override async ValueTask DeleteAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
        => await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellation }, async (key, stop) =>
        {
            using HttpResponseMessage? _ = await TrySendAsync(HttpMethod.Delete, key, stop).ConfigureAwait(false);
        }).ConfigureAwait(false);

    /// <summary>Blocks that no list names go by themselves after a week, and no listing shows them.</summary>
    public override ValueTask RemoveStaleAsync(string prefix, DateTimeOffset before, CancellationToken cancellation) => ValueTask.CompletedTask;

    public override async ValueTask<IReadOnlyList<string>> ProbeAsync(string prefix, CancellationToken cancellation)
    {
        string key = $"{prefix}.millrace-{Guid.NewGuid():N}";
        await PutAsync(key, "probe"u8.ToArray(), PutCondition.IfAbsent, WriteMarks.Of("probe"), cancellation).ConfigureAwait(false);
        await DeleteAsync([key], cancellation).ConfigureAwait(false);
        return ["may be written"];
    }

    public override void Dispose() => _http.Dispose();

    /// <summary>Sends a request and throws where it is refused.</summary>
    internal async ValueTask<HttpResponseMessage> SendAsync(
        HttpMethod method, string key, string query, ReadOnlyMemory<byte>? body, Action<HttpRequestMessage>? prepare, PutCondition condition, CancellationToken cancellation, bool ofContainer = false)
    {
        async ValueTask<HttpRequestMessage> MakeAsync()
        {
            var request = new HttpRequestMessage(method, UriOf(ofContainer ? null : key, query, await _account.SasAsync(cancellation).ConfigureAwait(false)));
            if (method == HttpMethod.Put)
            {
                request.Content = new ReadOnlyMemoryContent(body ?? ReadOnlyMemory<byte>.Empty);
            }

            prepare?.Invoke(request);
            if (condition.MustBeAbsent)
            {
                request.Headers.TryAddWithoutValidation("If-None-Match", "*");
            }
            else if (condition.ETag is { } tag)
            {
                request.Headers.TryAddWithoutValidation("If-Match", $"\"{tag}\"");
            }

            await _account.SignAsync(request, cancellation).ConfigureAwait(false);
            return request;
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(MakeAsync, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (CloudHttp.IsNetworkFault(e, cancellation) || AzureFaults.IsFault(e))
        {
            throw AzureFaults.Explain(e, Describe(key));
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            if (_account.IsAnonymous && (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
            {
                throw AzureFaults.NotPublic(Describe(key));
            }

            throw await AzureFaults.ExplainAsync(response, Describe(key), _container, method == HttpMethod.Get || method == HttpMethod.Head, condition, cancellation).ConfigureAwait(false);
        }
    }

    internal static string TagOf(HttpResponseMessage response) => response.Headers.ETag?.Tag.Trim('"') ?? Header(response, "ETag")?.Trim('"') ?? "";

    // Null where there is no such object.
    private async ValueTask<HttpResponseMessage?> TrySendAsync(HttpMethod method, string key, CancellationToken cancellation)
    {
        try
        {
            return await SendAsync(method, key, "", null, null, default, cancellation).ConfigureAwait(false);
        }
        catch (MillraceException e) when (e.Code == StorageErrors.NotFound)
        {
            return null;
        }
    }

    // A copy has no tags of its own accord.
    private async ValueTask<string> TagsAsync(string key, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, key, "comp=tags", null, null, default, cancellation).ConfigureAwait(false);
        return AzureMarks.TagsOf(await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
    }

    private Uri UriOf(string? key, string query, string sas)
    {
        string path = key is null ? _container : $"{_container}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}";
        string all = query.Length > 0 && sas.Length > 0 ? $"{query}&{sas}" : query + sas;
        return new Uri($"{_account.Endpoint.AbsoluteUri}{path}{(all.Length > 0 ? "?" : "")}{all}");
    }

    private static BucketObject ObjectOf(XElement blob)
    {
        XElement properties = blob.Element("Properties")!;
        return new BucketObject(
            NameOf(blob),
            long.Parse(properties.Element("Content-Length")?.Value ?? "0", CultureInfo.InvariantCulture),
            DateTimeOffset.Parse(properties.Element("Last-Modified")!.Value, CultureInfo.InvariantCulture),
            properties.Element("Etag")!.Value.Trim('"'),
            null);
    }

    private static string NameOf(XElement entry)
    {
        XElement name = entry.Element("Name")!;
        return name.Attribute("Encoded")?.Value == "true" ? Uri.UnescapeDataString(name.Value) : name.Value;
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
}
