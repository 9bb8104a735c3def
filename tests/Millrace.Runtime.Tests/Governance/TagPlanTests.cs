using System.Collections.Immutable;
using Millrace.Columnar;
using Millrace.Runtime.Contracts;
using Millrace.Runtime.Governance;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.Governance;

public sealed class TagPlanTests
{
    private static readonly Schema Source = new(
        [
            new Field("id", DataType.Int64),
            new Field("email", DataType.Utf8).WithMetadata(FieldMetadata.Comment, "Where to write to; classification: confidential."),
            new Field("phone", DataType.Utf8).WithMetadata(DataTags.Classification, "internal"),
            new Field("card", DataType.Utf8),
        ],
        ImmutableDictionary<string, string>.Empty.Add("governance.owner", "dba").Add("other", "x"));

    private static readonly AssetSpec Asset = new()
    {
        Name = "people",
        Version = "2.1.0",
        Team = new OptionScalar("crm", new ErrorPlace()),
        Compliance = new ComplianceSpec { Classification = "internal", Regulations = ["GDPR", "CCPA"], RetentionDays = 30 },
        Finops = new Dictionary<string, string> { ["cost_center"] = "CC-1" },
        Schema =
        [
            new AssetColumn { Name = "id" },
            new AssetColumn { Name = "email", Classification = "pii" },
            new AssetColumn { Name = "card", Classification = "proposed: pii.financial" },
            new AssetColumn { Name = "gone", Classification = "pii" },
        ],
    };

    [Fact]
    public void The_later_level_wins_and_each_tag_tells_its_own()
    {
        var plan = new TagPlan(
            Asset,
            new Dictionary<string, string> { ["phone"] = "pii", ["default"] = "restricted" },
            new Dictionary<string, string> { ["owner"] = "ops" },
            new Dictionary<string, string> { ["cost_center"] = "CC-2", ["project"] = "p" });

        Assert.Equal(
            [
                "classification.default=restricted Job",
                "classification.fields.email=pii Asset",
                "classification.fields.phone=pii Job",
                "finops.cost_center=CC-2 Job",
                "finops.project=p Job",
                "governance.asset=people 2.1.0 Asset",
                "governance.owner=ops Job",
                "governance.regulations=GDPR,CCPA Asset",
                "governance.retention_days=30 Asset",
            ],
            plan.Resolve(Source).Select(t => $"{t.Name}={t.Value} {t.Level}"));
    }

    [Fact]
    public void A_source_alone_tags_its_columns()
        => Assert.Equal(
            ["classification.fields.email=confidential", "classification.fields.phone=internal", "governance.owner=dba"],
            TagPlan.OfSource.Resolve(Source).Select(t => $"{t.Name}={t.Value}"));

    [Fact]
    public void Sinks_get_the_tags_with_the_schema()
    {
        Schema tagged = new TagPlan(Asset, new Dictionary<string, string>(), new Dictionary<string, string>(), new Dictionary<string, string>()).ApplyTo(Source);
        DataTags tags = DataTags.Of(tagged);
        Assert.Equal(Source, tagged);
        Assert.Equal("x", tagged.Metadata["other"]);
        Assert.Equal(("pii", "internal", "crm", "CC-1"), (tags.Fields["email"], tags.Default, tags.Governance["owner"], tags.Finops["cost_center"]));
        Assert.DoesNotContain("card", tags.Fields.Keys);

        // What is read back from the properties of a table is the same again.
        Assert.Equal(tags.Properties, DataTags.Of(tags.ApplyTo(tagged)).Properties);
        Assert.Equal(tags.Properties.Where(p => !p.Key.StartsWith(DataTags.FieldPrefix, StringComparison.Ordinal)).ToDictionary(), tagged.Metadata.Where(m => DataTags.Of(tagged).Properties.ContainsKey(m.Key) && !m.Key.StartsWith(DataTags.FieldPrefix, StringComparison.Ordinal)).ToDictionary());
    }

    [Fact]
    public void A_schema_about_which_nothing_is_said_stays_as_it_is()
    {
        var schema = new Schema(new Field("id", DataType.Int64));
        Assert.Same(schema, TagPlan.OfSource.ApplyTo(schema));
    }

    [Theory]
    [InlineData("classification=pii", "pii")]
    [InlineData("x {\"classification\": \"top-secret\"} y", "top-secret")]
    [InlineData("Classification : 3", "3")]
    [InlineData("declassification: no", null)]
    [InlineData("no word", null)]
    public void Comments_hold_tags_among_other_words(string comment, string? value) => Assert.Equal(value, CommentTags.Classification(comment));
}
