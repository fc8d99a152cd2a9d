using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Chat.Server.Log.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class PresentMembers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "LeftAt",
                table: "Members",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_Rooms_Kind_MemberCount_NameKey_Id",
                table: "Rooms",
                columns: new[] { "Kind", "MemberCount", "NameKey", "Id" },
                descending: new[] { false, true, false, false });

            migrationBuilder.CreateIndex(
                name: "IX_Members_Present",
                table: "Members",
                columns: new[] { "UserId", "RoomId" },
                filter: "\"LeftSeq\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Members_UserId_LeftAt",
                table: "Members",
                columns: new[] { "UserId", "LeftAt" },
                filter: "\"LeftAt\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Rooms_Kind_MemberCount_NameKey_Id",
                table: "Rooms");

            migrationBuilder.DropIndex(
                name: "IX_Members_Present",
                table: "Members");

            migrationBuilder.DropIndex(
                name: "IX_Members_UserId_LeftAt",
                table: "Members");

            migrationBuilder.DropColumn(
                name: "LeftAt",
                table: "Members");
        }
    }
}
