namespace Millrace.Storage;

/// <summary>The parts of a connection string: <c>AccountName=…;AccountKey=…;BlobEndpoint=…</c>.</summary>
internal sealed class AzureConnectionString
{
    // The account and key that every emulator has, published by Microsoft.
    private const string EmulatorAccount = "devstoreaccount1";
    private const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private readonly Dictionary<string, string> _parts = new(StringComparer.OrdinalIgnoreCase);

    public AzureConnectionString(string? text)
    {
        foreach (string part in text?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [])
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                // It may be a piece of the key, so the message does not show it.
                throw StorageErrors.BadUrl.Error("A part of the connection string is not of the form name=value.", hint: "Copy it from the portal: account, Access keys, Connection string.");
            }

            _parts[part[..equals]] = part[(equals + 1)..];
        }

        if (_parts.TryGetValue("UseDevelopmentStorage", out string? isEmulator) && isEmulator.Equals("true", StringComparison.OrdinalIgnoreCase))
        {
            _parts.TryAdd("AccountName", EmulatorAccount);
            _parts.TryAdd("AccountKey", EmulatorKey);
            _parts.TryAdd("BlobEndpoint", $"http://127.0.0.1:10000/{EmulatorAccount}");
        }
    }

    public string? this[string name] => _parts.GetValueOrDefault(name);

    /// <summary>Address of the Blob service; null when the text tells none.</summary>
    public string? Endpoint => this["BlobEndpoint"]
        ?? (this["AccountName"] is { } account && this["EndpointSuffix"] is { } suffix ? $"{this["DefaultEndpointsProtocol"] ?? "https"}://{account}.blob.{suffix}" : null);
}
