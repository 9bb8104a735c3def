namespace Millrace.Sdk;

/// <summary>
/// What a connector is: its name, its options and what it can do. Instances hold no state; connections live in the
/// <see cref="ISource"/> and <see cref="ISink"/> that it opens.
/// </summary>
public abstract class Connector
{
    /// <summary>One sentence for <c>connectors list</c> and the reference page.</summary>
    public abstract string Summary { get; }

    public abstract ConnectorCapabilities Capabilities { get; }

    /// <summary>URL schemes that belong to the connector, without <c>://</c>; an empty string claims plain paths.</summary>
    public virtual IReadOnlyList<string> Schemes => [];

    /// <summary>The record of options under <c>source:</c>; null when it cannot be read from.</summary>
    public virtual Type? SourceOptions => null;

    /// <summary>The record of options under <c>target:</c>; null when it cannot be written to.</summary>
    public virtual Type? SinkOptions => null;

    /// <summary>
    /// Turns a location such as <c>postgres://host/db?stream=t</c> or <c>orders.csv</c> into options. The default puts the
    /// path under <c>path</c> and every query parameter under its own name, dots making nested options.
    /// </summary>
    public virtual OptionMap OptionsOf(Location location, ConnectorRole role) => location.ToOptions("path");

    /// <summary>The options by which a source reads a state of the past; null for a connector whose sources know only the present.</summary>
    /// <param name="options">A bound and valid instance of <see cref="SourceOptions"/>.</param>
    /// <param name="version">A number or name, or a time in ISO 8601 with its zone.</param>
    /// <param name="isTime">Whether it is a time.</param>
    public virtual object? AsOf(object options, string version, bool isTime) => null;

    /// <summary>What <see cref="OpenSink"/> will write on this machine, for <see cref="ConnectorContext.Outputs"/>.</summary>
    /// <param name="options">A bound and valid instance of <see cref="SinkOptions"/>.</param>
    /// <param name="context">The job around it.</param>
    public virtual IReadOnlyList<string> OutputsOf(object options, ConnectorContext context) => [];

    /// <summary>
    /// What tells a target from others, for <see cref="ConnectorContext.Target"/>: the same whatever its options say of how to reach and write
    /// it. The default is what it writes on this machine, and for others all options.
    /// </summary>
    /// <param name="options">A bound and valid instance of <see cref="SinkOptions"/>.</param>
    /// <param name="context">The job around it.</param>
    public virtual string TargetOf(object options, ConnectorContext context)
        => OutputsOf(options, context) is { Count: > 0 } outputs ? string.Join('\n', outputs) : options.ToString()!;

    /// <summary>Opens the reading side. It does not connect yet.</summary>
    /// <param name="options">A bound and valid instance of <see cref="SourceOptions"/>.</param>
    /// <param name="context">The job around it.</param>
    public virtual ISource OpenSource(object options, ConnectorContext context) => throw SdkErrors.NotASource(this);

    /// <summary>Opens the writing side. It does not connect yet.</summary>
    /// <param name="options">A bound and valid instance of <see cref="SinkOptions"/>.</param>
    /// <param name="context">The job around it.</param>
    public virtual ISink OpenSink(object options, ConnectorContext context) => throw SdkErrors.NotASink(this);
}

public enum ConnectorRole
{
    Source,
    Target,
}
