using Millrace.Connectors.Common;
using Millrace.Connectors.MySql;

namespace Millrace.Connectors.Tests.MySql;

public class MySqlAddressTests
{
    [Theory]
    [InlineData("mysql://u:p%40w@db.example.org:3307/shop?stream=orders&ssl-mode=require", "host=db.example.org;port=3307;database=shop;user=u;password=p@w;table=orders;sslmode=require")]
    [InlineData("mariadb://host", "host=host")]
    [InlineData("mysql://[::1]:3306/a%2Fb", "host=::1;port=3306;database=a/b")]
    [InlineData("mysql:///shop", "database=shop")]
    public void A_location_becomes_options(string location, string expected)
    {
        OptionMap options = new MySqlConnector().OptionsOf(Location.Parse(location), ConnectorRole.Source);
        Assert.Equal(expected.Split(';').Order(StringComparer.Ordinal), options.Entries.Select(e => $"{e.Name}={((OptionScalar)e.Value).Text}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("mysql://u:secret@host/db", "mysql://u:***@host/db")]
    [InlineData("mysql://u@host/db", "mysql://u@host/db")]
    [InlineData("mysql:///db", "mysql:///db")]
    [InlineData("mysql://u:a@b@host", "mysql://u:***@host")]
    public void A_password_does_not_stand_in_messages(string location, string expected) => Assert.Equal(expected, ServerLocation.Masked(location));

    [Theory]
    [InlineData("orders", "shop.orders")]
    [InlineData("other.orders", "other.orders")]
    [InlineData("`a.b`.`c``d`", "`a.b`.`c``d`")]
    [InlineData("\"a.b\".\"c\"\"d`\"", "`a.b`.`c\"d```")]
    [InlineData("c\"d", "shop.c\"d")]
    [InlineData("`\"b\"`", "shop.`\"b\"`")]
    public void A_table_is_named_with_or_without_its_database(string text, string expected) => Assert.Equal(expected, TableName.Parse(text, "shop").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("`open")]
    [InlineData("a.")]
    public void What_is_no_name_is_refused(string text) => Assert.Equal("MR3304", Assert.Throws<MillraceException>(() => TableName.Parse(text, "shop")).Code.Id);

    [Fact]
    public void A_name_alone_needs_a_database() => Assert.Equal("MR3304", Assert.Throws<MillraceException>(() => TableName.Parse("orders", null)).Code.Id);
}
