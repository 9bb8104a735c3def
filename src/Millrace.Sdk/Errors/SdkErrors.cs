namespace Millrace.Sdk;

/// <summary>Errors of connectors as such, and of binding options.</summary>
public static class SdkErrors
{
    public static readonly ErrorCode UnknownConnector = new("MR1001", "A connector is not known.", "See `millrace connectors list`.");
    public static readonly ErrorCode UnknownScheme = new("MR1002", "No connector claims the scheme of a location.", "See `millrace connectors list`.");
    public static readonly ErrorCode DuplicateConnector = new("MR1003", "Two connectors have one name.", "Remove one of the plugins.");
    public static readonly ErrorCode WrongRole = new("MR1004", "A connector is used for what it cannot do.", "See `millrace connectors describe NAME`.");
    public static readonly ErrorCode UnknownOption = new("MR1010", "An option is not known.", "See the options with `millrace connectors describe NAME`, those of jobs in docs/reference/job.md.");
    public static readonly ErrorCode MissingOption = new("MR1011", "A required option is missing.", "Add it.");
    public static readonly ErrorCode InvalidOption = new("MR1012", "The value of an option cannot be used.", "See what the option takes with `millrace connectors describe NAME`, options of jobs in docs/reference/job.md.");
    public static readonly ErrorCode DuplicateOption = new("MR1013", "An option is given twice.", "Keep one of the two.");
    public static readonly ErrorCode InvalidConfiguration = new("MR1014", "A configuration has faults.", "Mend the faults listed above.");

    internal static MillraceException NotASource(Connector connector)
        => WrongRole.Error($"{connector.GetType().Name} can be written to but not read from.");

    internal static MillraceException NotASink(Connector connector)
        => WrongRole.Error($"{connector.GetType().Name} can be read from but not written to.");
}
