using Chat.Server.Hosting;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Log.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class SenderKinds : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumnsOnline("Members", "\"UserKind\" integer NULL");
            migrationBuilder.AddColumnsOnline("Events", "\"ByKind\" integer NULL", "\"SenderKind\" integer NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "UserKind",
                table: "Members");

            migrationBuilder.DropColumn(
                name: "ByKind",
                table: "Events");

            migrationBuilder.DropColumn(
                name: "SenderKind",
                table: "Events");
        }
    }
}
