namespace Bitrix24.Tests;

/// <summary>Tests the request body, which contains the access token.</summary>
public sealed class RequestBodyTests
{
    [Theory]
    [InlineData(null, "{}")]
    [InlineData("t0\"ken", """{"auth":"t0\"ken"}""")]
    public async Task Token_is_added_to_an_empty_request(string? accessToken, string expected)
    {
        using var body = new RequestBody(new SerializedRequest(EmptyRequest.Instance), accessToken);

        Assert.False(body.Departure.HasBegun);
        Assert.Equal(expected, await body.ReadAsStringAsync());
        Assert.True(body.Departure.HasBegun);
        Assert.Equal(expected.Length, body.Headers.ContentLength);
        Assert.Equal("application/json", body.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task Token_follows_the_other_properties()
    {
        using var body = new RequestBody(new SerializedRequest(new GetCallListRequest { Id = 7 }), "t");

        Assert.Equal("""{"ID":7,"auth":"t"}""", await body.ReadAsStringAsync());
    }

    [Fact]
    public async Task End_of_sending_is_recorded()
    {
        var sent = 0;
        using var body = new RequestBody(new SerializedRequest(EmptyRequest.Instance), "t") { Sent = () => sent++ };
        Assert.Equal(0, sent);

        await body.CopyToAsync(Stream.Null);

        Assert.Equal(1, sent);
    }

    [Fact]
    public async Task Body_is_sent_once()
    {
        using var body = new RequestBody(new SerializedRequest(EmptyRequest.Instance), "t");
        await body.CopyToAsync(Stream.Null);

        await Assert.ThrowsAsync<SentAgainException>(() => body.CopyToAsync(Stream.Null));

        // The connections of .NET send a request again only if the server refused it.
        using var message = new HttpRequestMessage();
        body.Token = SingleSendToken.Attach(message);
        body.Token.TryUse(isRepeatedSafely: true);
        await body.CopyToAsync(Stream.Null);
    }

    [Fact]
    public async Task Body_that_counts_as_not_sent_is_not_sent_later()
    {
        using var body = new RequestBody(new SerializedRequest(EmptyRequest.Instance), "t");
        using var form = new TokenForm([new("refresh_token", "t")]);
        Assert.False(body.Departure.End());
        Assert.False(form.Departure.End());

        await Assert.ThrowsAsync<SentAgainException>(() => body.CopyToAsync(Stream.Null));
        await Assert.ThrowsAsync<SentAgainException>(() => form.CopyToAsync(Stream.Null));
    }

    [Fact]
    public async Task Buffer_is_returned_when_its_last_user_releases_it()
    {
        var request = new SerializedRequest(new GetCallListRequest { Id = 7 });
        var first = new RequestBody(request, accessToken: null);
        var second = new RequestBody(request, accessToken: null);

        request.Release();
        first.Dispose();
        first.Dispose();
        Assert.Equal("""{"ID":7}""", await second.ReadAsStringAsync());

        second.Dispose();
        Assert.Equal(0, request.Length);
    }
}
