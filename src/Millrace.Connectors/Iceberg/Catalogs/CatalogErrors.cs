namespace Millrace.Connectors.Iceberg;

/// <summary>Errors of catalogs that are services. What every catalog may say stands in <see cref="IcebergErrors"/>.</summary>
public static class CatalogErrors
{
    public static readonly ErrorCode BadOption = new("MR3461", "A catalog is not described as it has to be.", "See docs/guides/iceberg-catalogs.md.");
    public static readonly ErrorCode BadName = new("MR3462", "A table has a name that no catalog takes.", "Write namespaces and table with dots between, such as raw.orders, and a part with a dot in it in double quotes.");
    public static readonly ErrorCode Unreachable = new("MR3463", "A catalog cannot be reached, or did not do its part.", "Check its address and the network. Files that were written stay; run again when it is back, and the job goes on behind its last commit.", ErrorDomain.External, ErrorClass.Retryable);
    public static readonly ErrorCode Unauthorized = new("MR3464", "A catalog does not accept the credentials.", "Check credential or token, the address of the token server (oauth2_server_uri), and the scope.", ErrorDomain.External);
    public static readonly ErrorCode Forbidden = new("MR3465", "A catalog does not allow something.", "Ask for the right: reading needs to list and load tables, writing to create and commit them.", ErrorDomain.External);
    public static readonly ErrorCode Refused = new("MR3466", "A catalog refused a request.", "Check uri, warehouse and prefix of the catalog.", ErrorDomain.External);
    public static readonly ErrorCode BadAnswer = new("MR3467", "A catalog gave an answer that cannot be understood.", "Check that the address is that of an Iceberg catalog, and not of a proxy or a page.", ErrorDomain.External);
    public static readonly ErrorCode NoCredentials = new("MR3469", "A catalog lends no credentials for the files of a table.", "Give credentials for the store yourself: the groups s3, azure and gcs, or the environment.", ErrorDomain.External);

    internal static MillraceException Down(string address, string remote, string fault, Exception? inner = null)
        => Down(address, remote, fault, null, inner);

    internal static MillraceException Down(string address, string remote, string fault, TimeSpan? retryAfter, Exception? inner = null)
        => new(Unreachable, $"The catalog at {address} cannot be reached, or failed: {fault}", null, null, inner) { Remote = remote, RetryAfter = retryAfter };
}
