using System.ComponentModel;
using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>
/// A data contract in the shape of the Open Data Contract Standard 3.0.2, written short: the columns stand directly under
/// <c>schema</c>. What else the standard allows is kept and not looked at.
/// </summary>
public sealed record AssetSpec
{
    [Description("Version of the standard.")]
    [OptionExample("v3.0.2")]
    public string ApiVersion { get; init; } = "v3.0.2";

    [Description("Always DataContract.")]
    [OptionValues("DataContract")]
    public string Kind { get; init; } = "DataContract";

    [Description("Identifier that no other contract has. Default: the name.")]
    public string? Id { get; init; }

    [Description("Name of the asset.")]
    public required string Name { get; init; }

    [Description("Version of the contract.")]
    public string Version { get; init; } = "1.0.0";

    [Description("Life cycle: proposed, draft, active, deprecated or retired.")]
    [OptionValues("proposed", "draft", "active", "deprecated", "retired")]
    public string Status { get; init; } = "active";

    [Description("Business domain.")]
    public string? Domain { get; init; }

    [Description("Tenant that the asset belongs to.")]
    public string? Tenant { get; init; }

    [Description("What the asset is.")]
    public OptionNode? Description { get; init; }

    [Description("The columns, in order.")]
    public required IReadOnlyList<AssetColumn> Schema { get; init; }

    [Description("Quality rules about all rows together; a column has its own under `quality`.")]
    [OptionExample("[{rule: rowCount, mustBeGreaterThan: 0}]")]
    public IReadOnlyList<QualitySpec> Quality { get; init; } = [];

    [Description("Who answers for the asset: `{owner: name}`, or the list of people of the standard.")]
    [OptionExample("{owner: data-team}")]
    public OptionNode? Team { get; init; }

    [Description("What the law and the company ask of the data.")]
    public ComplianceSpec Compliance { get; init; } = new();

    [Description("Expectations and monitoring; kept and not looked at.")]
    public OptionNode? DataQuality { get; init; }

    [Description("How the contract changes; kept and not looked at.")]
    public OptionNode? ChangeManagement { get; init; }

    [Description("Whom the data costs what: names with values, such as cost_center.")]
    [OptionExample("{cost_center: CC-42, project: checkout}")]
    public IReadOnlyDictionary<string, string>? Finops { get; init; }

    [Description("Further words about the asset: owner, steward, any others; names with values.")]
    [OptionExample("{steward: jane}")]
    public IReadOnlyDictionary<string, string>? Governance { get; init; }

    [Description("Kind of system that the data is from, such as postgres.")]
    public string? SourceType { get; init; }

    [Description("Table or object in the source.")]
    public string? Object { get; init; }

    [Description("How the data is stored: file_format, partitioning, mode; kept and not looked at.")]
    public OptionNode? Target { get; init; }

    [Description("What a contract of the standard says of the object that the columns belong to.")]
    public OptionNode? SchemaObject { get; init; }

    [OptionRest]
    public OptionMap Others { get; init; } = new(new ErrorPlace());

    /// <summary>Who answers for the asset; null if nobody is named.</summary>
    public string? Owner => Team switch
    {
        OptionMap map => (map["owner"] as OptionScalar)?.Text,
        OptionScalar { IsNull: false } name => name.Text,
        OptionList list => list.Items.OfType<OptionMap>().Where(m => m["role"] is OptionScalar { Text: "owner" or "Owner" }).Select(m => (m["username"] as OptionScalar)?.Text).FirstOrDefault(),
        _ => null,
    };
}

/// <summary>What the law and the company ask of data.</summary>
public sealed record ComplianceSpec
{
    [Description("Sensitivity of columns that do not say their own.")]
    [OptionExample("internal")]
    public string? Classification { get; init; }

    [Description("Laws and standards that apply.")]
    [OptionExample("[GDPR]")]
    public IReadOnlyList<string> Regulations { get; init; } = [];

    [Description("Days after which rows are to be removed.")]
    public int? RetentionDays { get; init; }

    [OptionRest]
    public OptionMap Others { get; init; } = new(new ErrorPlace());
}
