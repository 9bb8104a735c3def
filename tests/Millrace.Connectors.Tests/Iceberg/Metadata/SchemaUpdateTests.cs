using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Schema Evolution")]
[Specification("Identifier Field IDs")]
[Specification("Appendix C: JSON serialization")]
public sealed class SchemaUpdateTests
{
    private static readonly TableSchema Schema = new(0,
    [
        new(1, "id", true, IcebergType.Long),
        new(2, "qty", false, IcebergType.Int),
        new(3, "price", false, IcebergType.Decimal(9, 2)),
        new(4, "address", false, new IcebergStruct([new(5, "city", false, IcebergType.String), new(6, "zip", false, IcebergType.Int)])),
        new(7, "points", false, new IcebergList(new(8, "element", true, new IcebergStruct([new(9, "x", true, IcebergType.Float)])))),
        new(10, "props", false, new IcebergMap(new(11, "key", true, IcebergType.String), new(12, "value", false, IcebergType.Float))),
    ], [1]);

    [Fact]
    public void New_columns_get_ids_that_were_never_used_and_are_optional()
    {
        SchemaUpdate update = Start(lastId: 50)
            .Add(null, "note", IcebergType.String, "a comment")
            .Add("points", "y", IcebergType.Float)
            .Add("address", "geo", new IcebergStruct([new(1, "lat", true, IcebergType.Double), new(1, "tags", false, new IcebergList(new(1, "element", false, IcebergType.String)))]));

        Assert.Equal(new IcebergField(51, "note", false, IcebergType.String) { Doc = "a comment" }, update.Result.Find("note"));
        Assert.Equal(52, update.Result.Find("points.element.y")!.Id);
        Assert.Equal((53, 54, 55, 56), (update.Result.Find("address.geo")!.Id, update.Result.Find("address.geo.lat")!.Id, update.Result.Find("address.geo.tags")!.Id, update.Result.Find("address.geo.tags.element")!.Id));
        Assert.Equal(56, update.LastColumnId);
    }

    [Fact]
    public void Ids_stay_when_columns_are_renamed_and_moved()
    {
        TableSchema result = Start().Rename("qty", "quantity").Rename("address.city", "town").Move("price", "id").Move("address.zip", "address.town").Move("id", null).Result;

        Assert.Equal([3, 2, 4, 7, 10, 1], result.Fields.Select(f => f.Id));
        Assert.Equal([6, 5], result.Find("address")!.Type.Children.Select(f => f.Id));
        Assert.Equal(2, result.Find("quantity")!.Id);
    }

    [Theory]
    [InlineData("qty", "long", true)]
    [InlineData("price", "decimal(12, 2)", true)]
    [InlineData("props.value", "double", true)]
    [InlineData("points.element.x", "double", true)]
    [InlineData("price", "decimal(8, 2)", false)]
    [InlineData("price", "decimal(12, 3)", false)]
    [InlineData("id", "int", false)]
    [InlineData("qty", "double", false)]
    [InlineData("qty", "string", false)]
    [InlineData("address", "string", false)]
    public void Types_become_wider_only(string path, string type, bool allowed)
    {
        IcebergPrimitive to = TypeText.Find(type)!;
        if (allowed)
        {
            Assert.Equal(to, Start().Widen(path, to).Result.Find(path)!.Type);
        }
        else
        {
            Assert.Equal("MR3404", Assert.Throws<MillraceException>(() => Start().Widen(path, to)).Code.Id);
        }
    }

    [Fact]
    public void What_would_break_the_table_is_refused()
    {
        Refused(u => u.Drop("id"));
        Refused(u => u.Drop("missing"));
        Refused(u => u.Drop("points.element"));
        Refused(u => u.Drop("points.element.x"));
        Refused(u => u.Rename("props.key", "k"));
        Refused(u => u.Rename("qty", "price"));
        Refused(u => u.Add(null, "qty", IcebergType.Int));
        Refused(u => u.Add("qty", "x", IcebergType.Int));
        Refused(u => u.Move("qty", "address.city"));
    }

    [Fact]
    public void A_dropped_column_does_not_give_its_id_to_one_of_the_same_name()
    {
        SchemaUpdate update = Start().Drop("qty").Add(null, "qty", IcebergType.Int);
        Assert.Equal(13, update.Result.Find("qty")!.Id);
        Assert.True(update.HasChanges);
    }

    [Fact]
    public void Any_sequence_of_moves_is_that_of_a_list()
    {
        var random = new Random(20260723);
        for (int round = 0; round < 200; round++)
        {
            SchemaUpdate update = Start();
            List<string> model = [.. Schema.Fields.Select(f => f.Name)];
            for (int step = 0; step < 8; step++)
            {
                string moved = model[random.Next(model.Count)];
                string? before = random.Next(5) == 0 ? null : model[random.Next(model.Count)];
                update.Move(moved, before);
                if (moved != before)
                {
                    model.Remove(moved);
                    model.Insert(before is null ? model.Count : model.IndexOf(before), moved);
                }
            }

            Assert.Equal(model, update.Result.Fields.Select(f => f.Name));
        }
    }

    [Fact]
    public void Schemas_read_as_they_were_written()
        => Assert.Equal(Schema, SchemaJson.Parse(SchemaJson.ToText(Schema), "header"));

    [Fact]
    public void Name_mappings_read_as_they_were_written()
    {
        NameMapping mapping = NameMapping.Of(Schema);
        Assert.Equal(mapping, NameMapping.Parse(mapping.ToJson()));
        Assert.Equal(9, NameMapping.Find(NameMapping.Find(NameMapping.Find(mapping.Fields, "points")!.Fields, "element")!.Fields, "x")!.Id);

        NameMapping given = NameMapping.Parse("""[{"names": ["id", "record_id"], "field-id": 1}, {"names": ["loc"], "fields": [{"names": ["lat"], "field-id": 4}]}]""");
        Assert.Equal(1, NameMapping.Find(given.Fields, "record_id")!.Id);
        Assert.Null(NameMapping.Find(given.Fields, "loc")!.Id);
    }

    private static SchemaUpdate Start(int lastId = 12) => new(Schema, lastId);

    private static void Refused(Action<SchemaUpdate> change)
        => Assert.Equal("MR3404", Assert.Throws<MillraceException>(() => change(Start())).Code.Id);
}
