using System.Net;
using System.Text;
using VerifyXunit;

namespace Bitrix24.Tests;

public sealed class ArgumentTests
{
    [Fact]
    public async Task Invalid_arguments_throw_and_send_nothing()
    {
        var handler = StubHandler.Answering(HttpStatusCode.OK, """{"result":11}""");
        using var client = new TestClient(handler);
        var contact = CallListEntityType.Contact;
        var messages = new StringBuilder();

        foreach (var request in new AddCallListRequest[]
        {
            new() { Entities = [1] },
            new() { EntityType = contact, Entities = null! },
            new() { EntityType = contact },
            new() { EntityType = contact, Entities = [] },
            new() { EntityType = contact, Entities = [1, 0] },
            new() { EntityType = contact, Entities = [-5] },
            new() { EntityType = contact, Entities = [9, 17, 9] },
            new() { EntityType = contact, Entities = [1], WebformId = 0 },
            new() { EntityType = contact, Entities = [1], WebformId = -1 },
        })
        {
            var exception = await Assert.ThrowsAsync<ArgumentException>(() => client.Bitrix24.AddCallListAsync(request));
            messages.Append(exception.Message).Append('\n');
        }

        await Assert.ThrowsAsync<ArgumentNullException>("request", () => client.Bitrix24.AddCallListAsync(null!));
        Assert.Equal(0, handler.Requests);
        await Verifier.Verify(messages.ToString(), "txt");
    }

    [Fact]
    public void An_open_enum_compares_by_its_value_on_the_wire()
    {
        Assert.Equal(CallListEntityType.Contact, new CallListEntityType("CONTACT"));
        Assert.NotEqual(CallListEntityType.Contact, new CallListEntityType("contact"));
        Assert.Equal("COMPANY", CallListEntityType.Company.ToString());
        Assert.Equal(string.Empty, default(CallListEntityType).ToString());
    }
}
